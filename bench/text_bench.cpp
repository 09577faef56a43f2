// How long the tokenizer takes: loading a tokenizer.json, and encoding lyrics of about 2,000
// tokens, 3,000 audio codes, and a word of 100 kB.
//
//     text_bench path/to/tokenizer.json
//
// Prints the median and the spread (slowest minus fastest) of five runs after one warm-up.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"
#include "text/tokenizer.h"

namespace {

using acestep::text::Tokenizer;

struct Timing {
    double median_ms = 0, spread_ms = 0;
};

Timing time(const std::function<void()>& work) {
    work();
    std::array<double, 5> milliseconds{};
    for (double& run : milliseconds) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        run = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                  .count();
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    return {milliseconds[2], milliseconds[4] - milliseconds[0]};
}

void report(const char* what, std::size_t tokens, const Timing& timing) {
    fmt::print("{:<28} {:>8} tokens  {:>9.3f} ms  ± {:.3f}\n", what, tokens, timing.median_ms,
               timing.spread_ms);
}

std::string lyrics() {
    const std::string verse =
        "[Verse 1]\nWalking down the river when the evening lights are low\n"
        "Đêm nay trời đầy sao, em ơi\n夜の街を歩いて、君の名前を呼ぶ\n"
        "We'll sing it 'til the morning, don't you know?\n\n"
        "[Chorus]\nOh-oh-oh, the thunder's rolling over Kilimanjaro…\n\n";
    std::string text = "# Languages\nen\n\n# Lyric\n";
    for (int repetition = 0; repetition < 26; ++repetition) text += verse;
    return text + "<|endoftext|>";
}

std::string audio_codes() {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += fmt::format("<|audio_code_{}|>", i * 7919 % 64000);
    return text;
}

bool check_and_time(const Tokenizer& tokenizer, const char* what, const std::string& text) {
    const auto ids = tokenizer.encode_plain(text);
    if (tokenizer.decode(ids) != text) {
        fmt::print("{}: decoding does not give the text back\n", what);
        return false;
    }
    report(what, ids.size(), time([&] { (void)tokenizer.encode_plain(text); }));
    return true;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        fmt::print(stderr, "usage: text_bench path/to/tokenizer.json\n");
        return 2;
    }
    try {
        const auto tokenizer = Tokenizer::from_file(arguments[1]);
        report("load", static_cast<std::size_t>(tokenizer.vocabulary_size()),
               time([&] { (void)Tokenizer::from_file(arguments[1]); }));
        const bool same =
            check_and_time(tokenizer, "lyrics", lyrics()) &&
            check_and_time(tokenizer, "audio codes", audio_codes()) &&
            check_and_time(tokenizer, "one word of 100 kB", std::string(100'000, 'a'));
        return same ? 0 : 1;
    } catch (const acestep::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
