// Files with a user's changes of tiers: what they change, and every way in which they are refused.
#include "planner/tier_tuning.h"

#include <fstream>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace acestep::planner {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TierTuning tuning_of(const std::string& json) {
    return tier_tuning_from_json(json, "my/tiers.json");
}

Tier changed(const std::string& json, const std::string& id) {
    const TierTuning tuning = tuning_of(json);
    return find_tier(tier_table(tuning.profile_or_default(), tuning), id).value();
}

/// The message of the refusal.
std::string refusal(const std::string& json) {
    try {
        tuning_of(json);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        return error.what();
    }
    return "nothing was refused";
}

TEST(PlannerTierTuning, ChangesWhatItNames) {
    const std::string file =
        R"({"tiers": [{"id": "tier3", "max_duration_with_lm": 300, "max_duration_without_lm": 301,
            "max_batch_with_lm": 1, "max_batch_without_lm": 8, "lm_default_on": false,
            "offload_to_cpu": false, "offload_dit_to_cpu": false, "quantize_int8": false,
            "compile": false}]})";
    const Tier tier = changed(file, "tier3");
    EXPECT_EQ(tier.max_duration_with_lm, 300);
    EXPECT_EQ(tier.max_duration_without_lm, 301);
    EXPECT_EQ(tier.max_batch_with_lm, 1);
    EXPECT_EQ(tier.max_batch_without_lm, 8);
    EXPECT_FALSE(tier.lm_default_on || tier.offload_to_cpu || tier.offload_dit_to_cpu ||
                 tier.quantize_int8 || tier.compile);
    EXPECT_EQ(tier.recommended_lm, "0.6B");
    EXPECT_EQ(to_json({changed(file, "tier4")}),
              to_json({find_tier(tier_table(), "tier4").value()}));
    EXPECT_EQ(tier_for(7, TierProfile::refined, TierBoundaries::doc, tuning_of(file))
                  .max_duration_with_lm,
              300);
}

TEST(PlannerTierTuning, BelongsToOneProfile) {
    const TierTuning tuning = tuning_of(R"({"profile": "classic", "boundaries": "code",
                      "tiers": [{"id": "tier6", "max_batch_with_lm": 3}]})");
    EXPECT_EQ(tuning.profile_or_default(), TierProfile::classic);
    EXPECT_EQ(tuning.boundaries_or_default(), TierBoundaries::code);
    EXPECT_EQ(find_tier(tier_table(TierProfile::classic, tuning), "tier6")->max_batch_with_lm, 3);
    EXPECT_EQ(find_tier(tier_table(TierProfile::refined, tuning), "tier6b")->max_batch_with_lm, 8);
    for (const Tier& tier : {tier_for(24, tuning), tier_for_detected(23.6, tuning)}) {
        EXPECT_EQ(tier.id, "tier6");
        EXPECT_EQ(tier.max_batch_with_lm, 3);
    }
    EXPECT_EQ(changed(R"({"tiers": [{"id": "tier6", "max_batch_with_lm": 3}]})", "tier6b")
                  .max_batch_with_lm,
              3);
}

TEST(PlannerTierTuning, LanguageModelsStayConsistent) {
    const Tier fewer =
        changed(R"({"tiers": [{"id": "unlimited", "lm_models": ["1.7B", "0.6B"]}]})", "unlimited");
    EXPECT_THAT(fewer.lm_models, ElementsAre("0.6B", "1.7B"));
    EXPECT_EQ(fewer.recommended_lm, "1.7B");
    EXPECT_EQ(fewer.lm_memory.size(), 2u);

    const Tier no_model =
        changed(R"({"tiers": [{"id": "unlimited", "lm_models": []}]})", "unlimited");
    EXPECT_EQ(no_model.recommended_lm, "");
    EXPECT_FALSE(no_model.lm_default_on);

    const Tier more = changed(
        R"({"tiers": [{"recommended_lm": "4B", "id": "tier1", "lm_models": ["4B", "0.6B"],
            "lm_default_on": true}]})",
        "tier1");
    EXPECT_EQ(more.recommended_lm, "4B");
    EXPECT_TRUE(more.lm_default_on);
    EXPECT_EQ(more.lm_memory.at("4B"), 12);
}

TEST(PlannerTierTuning, RefusesAbsurdValues) {
    const std::pair<const char*, const char*> members[] = {
        {R"("max_duration_with_lm": -1)", "tier3.max_duration_with_lm is -1."},
        {R"("max_duration_with_lm": 9)", "tier3.max_duration_with_lm is 9."},
        {R"("max_duration_without_lm": 601)", "tier3.max_duration_without_lm is 601."},
        {R"("max_duration_without_lm": 18446744073709551615)", "is 18446744073709551615."},
        {R"("max_duration_without_lm": 99.5)", "tier3.max_duration_without_lm is 99.5."},
        {R"("max_duration_without_lm": 1e400)", "a number is larger"},
        {R"("max_duration_with_lm": "300")", R"(tier3.max_duration_with_lm is "300".)"},
        {R"("max_batch_with_lm": 0)", "tier3.max_batch_with_lm is 0."},
        {R"("max_batch_without_lm": 9)", "tier3.max_batch_without_lm is 9."},
        {R"("max_batch_without_lm": null)", "tier3.max_batch_without_lm is null."},
        {R"("lm_models": ["7B"])", R"(tier3.lm_models is "7B".)"},
        {R"("lm_models": [1])", "tier3.lm_models is 1."},
        {R"("lm_models": "0.6B")", R"(tier3.lm_models is "0.6B".)"},
        {R"("recommended_lm": "13B")", R"(tier3.recommended_lm is "13B".)"},
        {R"("recommended_lm": "4B")", R"(tier3.recommended_lm is "4B", but)"},
        {R"("lm_models": [], "lm_default_on": true)", "tier3.lm_default_on is true, but"},
        {R"("lm_default_on": "yes")", R"(tier3.lm_default_on is "yes".)"},
        {R"("compile": 1)", "tier3.compile is 1."},
        {R"("max_batch": 2)", "tier3.max_batch is not known."},
    };
    for (const auto& [member, expected] : members)
        EXPECT_THAT(refusal(R"({"tiers": [{"id": "tier3", )" + std::string(member) + "}]}"),
                    AllOf(HasSubstr("my/tiers.json: "), HasSubstr(expected), Not(HasSubstr("\n"))))
            << member;
    for (const char* accepted : {R"("max_duration_with_lm": 10)", R"("max_duration_with_lm": 600)",
                                 R"("max_batch_with_lm": 1)", R"("max_batch_with_lm": 8)"})
        EXPECT_NO_THROW(
            tuning_of(R"({"tiers": [{"id": "tier3", )" + std::string(accepted) + "}]}"));
}

TEST(PlannerTierTuning, RefusesWrongShapes) {
    const std::pair<const char*, const char*> files[] = {
        {"", "line 1 is no JSON"},
        {"{\n\"tiers\": [\n,]}", "line 3 is no JSON"},
        {"[]", "the file is []"},
        {"3", "the file is 3"},
        {R"({"tier": []})", R"("tier" is not known)"},
        {R"({"tiers": {}})", "tiers is {}"},
        {R"({"tiers": [4]})", "an entry of tiers is 4"},
        {R"({"tiers": [{}]})", "a tier without an id is {}"},
        {R"({"tiers": [{"id": 3}]})", R"(a tier without an id is {"id":3})"},
        {R"({"tiers": [{"id": "tier9"}]})", R"(id is "tier9", which is no tier of the refined)"},
        {R"({"profile": "classic", "tiers": [{"id": "tier6a"}]})", "no tier of the classic"},
        {R"({"tiers": [{"id": "tier1"}, {"id": "tier1"}]})", R"(the tier "tier1" is there twice)"},
        {R"({"tiers": [{"id": "tier1", "id": "tier2"}]})", R"("id" is there twice)"},
        {R"({"profile": "modern"})", R"(profile is "modern".)"},
        {R"({"profile": 1})", "profile is 1."},
        {R"({"boundaries": "both"})", R"(boundaries is "both".)"},
    };
    for (const auto& [file, expected] : files)
        EXPECT_THAT(refusal(file), AllOf(HasSubstr("my/tiers.json: "), HasSubstr(expected)))
            << file;
    EXPECT_NO_THROW(tuning_of("{}"));
}

TEST(PlannerTierTuning, HostileTextStaysOneShortLine) {
    EXPECT_THAT(refusal("{\"\xff\": 1}"), HasSubstr("line 1 is no JSON"));
    EXPECT_THAT(refusal(std::string("{\"a\0b\": 1}", 10)), HasSubstr("line 1 is no JSON"));
    const std::string long_key(5000, 'k');
    EXPECT_LT(refusal("{\"" + long_key + "\": 1}").size(), 200u);
    EXPECT_LT(refusal(R"({"tiers": [{"id": ")" + long_key + "\"}]}").size(), 300u);
    EXPECT_THAT(refusal(R"({"tiers": [{"id": "tier1", "a\nb": 1}]})"), Not(HasSubstr("\n")));
    EXPECT_THAT(refusal(R"({"tiers": [{"id": "a\u001bb", "x": 1}]})"), Not(HasSubstr("\x1b")));
    EXPECT_THAT(refusal(std::string(30000, '[')), HasSubstr("is no JSON"));
}

class TierFile : public testing::Test {
protected:
    std::filesystem::path write(const std::string& text) const {
        const std::filesystem::path file = directory_.path() / "tiers.json";
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

    tests::TemporaryDirectory directory_;
};

using PlannerTierFile = TierFile;

TEST_F(PlannerTierFile, IsRead) {
    const auto file =
        write("\xEF\xBB\xBF{\"tiers\": [{\"id\": \"tier1\", \"max_batch_with_lm\": 2}]}");
    const TierTuning tuning = load_tier_tuning(file);
    EXPECT_EQ(tuning.file, file);
    EXPECT_EQ(tier_table(TierProfile::refined, tuning).front().max_batch_with_lm, 2);
}

TEST_F(PlannerTierFile, MissingFoldersAndLargeOnesAreRefused) {
    const auto code = [](const std::filesystem::path& file) {
        try {
            load_tier_tuning(file);
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(file.string()));
            return error.code();
        }
        return ErrorCode::internal;
    };
    EXPECT_EQ(code(directory_.path() / "none.json"), ErrorCode::not_found);
    EXPECT_EQ(code(directory_.path()), ErrorCode::not_found);
    EXPECT_EQ(code(write(std::string(64 * 1024 + 1, ' '))), ErrorCode::invalid_request);
}

}  // namespace
}  // namespace acestep::planner
