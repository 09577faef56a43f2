#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "acestep/song.h"
#include "acestep/version.h"
#include "request_support.h"

namespace acestep {
namespace {

GenerationResult result_of(const SongRequest& request) {
    Song song;
    song.request = request;
    song.seed = 43;
    song.waveform.channels.assign(2, std::vector<float>(24'000));
    GenerationResult result;
    result.songs = {song};
    result.model = "acestep-v15-turbo";
    result.warnings = {"duration is 6 s; …"};
    return result;
}

TEST(Sidecar, FedBackIsTheRequestOfTheSong) {
    SongRequest request;
    request.caption = "techno";
    request.duration = 6;
    request.seeds = {43};
    EXPECT_EQ(song_request_from_json(sidecar_json(result_of(request), 0)), request);
}

TEST(Sidecar, TellsWhatMadeTheSong) {
    const auto sidecar = nlohmann::json::parse(sidecar_json(result_of({}), 0));
    const auto& facts = sidecar.at("acestep");
    EXPECT_EQ(facts.at("version"), version());
    EXPECT_EQ(facts.at("model"), "acestep-v15-turbo");
    EXPECT_EQ(facts.at("seed"), 43);
    EXPECT_EQ(facts.at("duration"), 0.5);
    EXPECT_EQ(facts.at("silent"), false);
    EXPECT_EQ(facts.at("warnings").at(0), "duration is 6 s; …");
}

TEST(Sidecar, OfASongThatIsNotThereIsAnError) {
    const Error error = tests::error_of([] { sidecar_json(result_of({}), 1); });
    EXPECT_THAT(error.what(), testing::HasSubstr("no song 1; the result has 1"));
}

TEST(Sidecar, RefusesAModelNameThatIsNotUtf8) {
    GenerationResult result = result_of({});
    result.model = "\xFF";
    EXPECT_THAT(tests::error_of([&] { sidecar_json(result, 0); }).what(),
                testing::HasSubstr("model is not UTF-8"));
}

}  // namespace
}  // namespace acestep
