// How long a plan takes: every budget, duration, number of songs, model and language model of the
// planner's table test, one after the other in one process, as they come the first time.
//
//     planner_bench
//
// Median, 99th percentile and the longest, and what the longest was. A rehearsal of a stage at
// some shape is kept for the plans after it, so the first plan of a model is the dearest.
#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "unit/planner/planned_machine.h"

namespace {

using namespace acestep::planner;

struct Taken {
    double milliseconds;
    std::string plan;
};

void plan_all(const char* model, const char* language_model, std::vector<Taken>& taken) {
    const Constraints constraints = free_choice();
    ReleasedModels models(model, language_model);
    std::vector<PlannedDevice> devices;
    devices.push_back(planned_device(simulated_device(1), models.networks()));
    for (const double seconds : table_seconds) {
        for (int songs = 1; songs <= table_most_songs; ++songs) {
            const SongShape shape = models.shape(seconds, songs);
            for (const double gib : table_gib) {
                devices[0].profile = simulated_device(gib);
                const auto begin = std::chrono::steady_clock::now();
                search(devices, shape, constraints);
                const std::chrono::duration<double, std::milli> passed =
                    std::chrono::steady_clock::now() - begin;
                taken.push_back(
                    {passed.count(),
                     fmt::format("{}, language model {}, {} songs of {} s in {} GiB", model,
                                 *language_model ? language_model : "none", songs, seconds, gib)});
            }
        }
    }
}

}  // namespace

int main() {
    try {
        std::vector<Taken> taken;
        for (const char* model : {"2b", "xl"})
            for (const char* language_model : table_language_models)
                plan_all(model, language_model, taken);
        const double first = taken.front().milliseconds;
        std::sort(taken.begin(), taken.end(),
                  [](const Taken& a, const Taken& b) { return a.milliseconds < b.milliseconds; });
        fmt::print("{} plans: median {:.2f} ms, 99 % below {:.1f} ms, the very first {:.1f} ms\n",
                   taken.size(), taken[taken.size() / 2].milliseconds,
                   taken[taken.size() * 99 / 100].milliseconds, first);
        fmt::print("longest {:.1f} ms: {}\n", taken.back().milliseconds, taken.back().plan);
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "planner_bench: {}\n", failure.what());
        return 1;
    }
}
