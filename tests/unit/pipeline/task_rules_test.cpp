#include "pipeline/request/task_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Warnings = std::vector<std::string>;

SongRequest request_for(TaskType task) {
    SongRequest request;
    request.task_type = task;
    if (task != TaskType::text2music) request.src_audio = "source.wav";
    if (task == TaskType::lego || task == TaskType::extract || task == TaskType::complete)
        request.track_names = {"drums"};
    return request;
}

Warnings warnings_of(SongRequest& request, const ModelFacts& model = tests::base_model()) {
    Warnings warnings;
    apply_task_rules(request, model, warnings);
    return warnings;
}

TEST(TaskRules, LeaveAPlainRequestOfEveryTaskAlone) {
    for (const auto task :
         {TaskType::text2music, TaskType::cover, TaskType::cover_nofsq, TaskType::repaint,
          TaskType::lego, TaskType::extract, TaskType::complete}) {
        SongRequest request = request_for(task);
        EXPECT_THAT(warnings_of(request), IsEmpty()) << name(task);
        EXPECT_EQ(request, request_for(task));
    }
}

TEST(TaskRules, AskForTheSourceByName) {
    for (const auto task : {TaskType::cover_nofsq, TaskType::repaint, TaskType::lego,
                            TaskType::extract, TaskType::complete}) {
        SongRequest request = request_for(task);
        request.src_audio.clear();
        request.audio_codes = "1,2";  // takes no source's place here
        const Error error = tests::error_of([&] { warnings_of(request); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        EXPECT_THAT(error.message(), HasSubstr(name(task)));
        EXPECT_THAT(error.message(), HasSubstr("src_audio is blank"));
        EXPECT_FALSE(error.hint().empty());
    }
}

TEST(TaskRules, CoverNeedsASourceOrCodesAndAReferenceIsNeither) {
    SongRequest request = request_for(TaskType::cover);
    request.src_audio.clear();
    request.reference_audio = "reference.wav";
    EXPECT_THAT(tests::error_of([&] { warnings_of(request); }).what(),
                HasSubstr("cover needs source audio or audio_codes"));
    request.audio_codes = "1,2";
    EXPECT_THAT(warnings_of(request), IsEmpty());
    EXPECT_TRUE(uses_codes(request));
    EXPECT_FALSE(uses_source(request));
}

TEST(TaskRules, PreferASourceToCodes) {
    SongRequest request = request_for(TaskType::cover);
    request.audio_codes = "1,2";
    EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("audio_codes is ignored")));
    EXPECT_EQ(request.audio_codes, "");
    EXPECT_TRUE(uses_source(request));
}

TEST(TaskRules, TextToMusicIgnoresASource) {
    SongRequest request;
    request.src_audio = "source.wav";
    EXPECT_FALSE(uses_source(request));
    EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("src_audio is ignored")));
    EXPECT_TRUE(request.src_audio.empty());
}

TEST(TaskRules, TextToMusicTakesCoverStrengthsOnlyWithCodes) {
    SongRequest request;
    request.audio_cover_strength = 0.5;
    request.cover_noise_strength = 0.25;
    SongRequest with_codes = request;
    with_codes.audio_codes = "1,2";
    EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("audio_cover_strength is ignored"),
                                                  HasSubstr("cover_noise_strength is ignored")));
    EXPECT_EQ(request, SongRequest{});
    EXPECT_THAT(warnings_of(with_codes), IsEmpty());
    EXPECT_EQ(with_codes.audio_cover_strength, 0.5);
    EXPECT_EQ(with_codes.cover_noise_strength, 0.25);
}

TEST(TaskRules, RepaintAndLegoIgnoreTheCoverStrengthAndKeepCoverNoise) {
    for (const auto task : {TaskType::repaint, TaskType::lego}) {
        SongRequest request = request_for(task);
        request.audio_cover_strength = 0.5;
        request.cover_noise_strength = 0.25;
        EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("audio_cover_strength")));
        EXPECT_EQ(request.audio_cover_strength, 1);
        EXPECT_EQ(request.cover_noise_strength, 0.25);
    }
    for (const auto task :
         {TaskType::cover, TaskType::cover_nofsq, TaskType::extract, TaskType::complete}) {
        SongRequest request = request_for(task);
        request.audio_cover_strength = 0.5;
        EXPECT_THAT(warnings_of(request), IsEmpty());
        EXPECT_EQ(request.audio_cover_strength, 0.5);
    }
}

TEST(TaskRules, TheSourceDecidesTheDuration) {
    SongRequest request = request_for(TaskType::cover);
    request.duration = 30;
    EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("duration is ignored")));
    EXPECT_EQ(request.duration, -1);
}

TEST(TaskRules, OnlyRepaintAndLegoHaveARegion) {
    SongRequest request = request_for(TaskType::cover);
    request.repainting_start = 1;
    request.repainting_end = 2;
    request.repaint_mode = "aggressive";
    request.repaint_strength = 0.75;
    EXPECT_THAT(warnings_of(request),
                ElementsAre(HasSubstr("repainting_start"), HasSubstr("repainting_end"),
                            HasSubstr("repaint_mode"), HasSubstr("repaint_strength")));
    EXPECT_EQ(request, request_for(TaskType::cover));
}

TEST(TaskRules, TracksGoWithLegoExtractAndCompleteOnly) {
    SongRequest request;
    request.track_names = {"drums"};
    EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("track_names is ignored")));
    SongRequest without = request_for(TaskType::extract);
    without.track_names.clear();
    EXPECT_THAT(warnings_of(without), ElementsAre(HasSubstr("track_names is empty")));
}

TEST(TaskRules, NameATrackThatIsNotStandard) {
    SongRequest request = request_for(TaskType::complete);
    request.track_names = {"Drums", "kazoo"};
    EXPECT_THAT(warnings_of(request), ElementsAre(HasSubstr("\"kazoo\" in track_names")));
    EXPECT_THAT(request.track_names, ElementsAre("Drums", "kazoo"));
}

TEST(TaskRules, RefuseTasksTheCheckpointWasNotTrainedForUnlessAllowed) {
    for (const auto task : {TaskType::lego, TaskType::extract, TaskType::complete}) {
        SongRequest request = request_for(task);
        const Error error = tests::error_of([&] { warnings_of(request, tests::turbo_model()); });
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_THAT(error.message(), HasSubstr("acestep-v15-turbo was not trained for the task"));
        EXPECT_THAT(error.hint(), HasSubstr("allow_unsupported_task"));
        request.allow_unsupported_task = true;
        EXPECT_THAT(warnings_of(request, tests::turbo_model()),
                    ElementsAre(HasSubstr("may be incoherent")));
    }
}

TEST(TaskRules, ALegoCheckpointDoesLegoAndNothingElseOfBase) {
    ModelFacts model = tests::base_model();
    model.base = false;
    model.is_lego_sft = true;
    SongRequest lego = request_for(TaskType::lego), extract = request_for(TaskType::extract);
    EXPECT_THAT(warnings_of(lego, model), IsEmpty());
    EXPECT_EQ(tests::error_of([&] { warnings_of(extract, model); }).code(), ErrorCode::unsupported);
}

}  // namespace
}  // namespace acestep::pipeline
