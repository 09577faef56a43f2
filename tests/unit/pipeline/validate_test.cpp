#include "pipeline/request/validate.h"

#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

using testing::HasSubstr;

template <class Change>
std::string message_for(Change&& change) {
    SongRequest request;
    change(request);
    const Error error = tests::error_of([&] { validate(request); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_request);
    return error.what();
}

template <class Field, class Value>
std::string message_for(Field SongRequest::*member, const Value& value) {
    return message_for([&](SongRequest& request) { request.*member = value; });
}

TEST(Validate, AcceptsTheDefaultsAndEveryFieldInItsRange) {
    EXPECT_NO_THROW(validate({}));
    std::mt19937 generator(2);
    for (int i = 0; i < 200; ++i) EXPECT_NO_THROW(validate(tests::random_request(generator)));
}

TEST(Validate, NamesFieldValueAndRangeOfANumber) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {message_for(&SongRequest::bpm, 29.9), "bpm is 29.9; it must be from 30 to 300."},
        {message_for(&SongRequest::bpm, 301), "bpm is 301;"},
        {message_for(&SongRequest::duration, 900), "duration is 900 s; the longest song is 600 s."},
        {message_for(&SongRequest::batch_size, 0), "batch_size is 0; it must be from 1 to 8."},
        {message_for(&SongRequest::batch_size, 9), "batch_size is 9;"},
        {message_for(&SongRequest::inference_steps, 0), "inference_steps is 0; it must be from 1"},
        {message_for(&SongRequest::inference_steps, 201), "inference_steps is 201;"},
        {message_for(&SongRequest::guidance_scale, -1.5), "guidance_scale is -1.5;"},
        {message_for(&SongRequest::cfg_interval_start, -0.1), "cfg_interval_start is -0.1;"},
        {message_for(&SongRequest::cfg_interval_end, 1.1), "cfg_interval_end is 1.1;"},
        {message_for(&SongRequest::shift, 0.5), "shift is 0.5; it must be from 1 to 5."},
        {message_for(&SongRequest::shift, 5.5), "shift is 5.5;"},
        {message_for(&SongRequest::lm_temperature, 5.1), "lm_temperature is 5.1;"},
        {message_for(&SongRequest::lm_temperature, -0.1), "lm_temperature is -0.1;"},
        {message_for(&SongRequest::lm_cfg_scale, 31), "it must be from 0 to 30."},
        {message_for(&SongRequest::lm_cfg_scale, -1), "lm_cfg_scale is -1;"},
        {message_for(&SongRequest::lm_top_k, -1), "lm_top_k is -1; it must be 0 or more."},
        {message_for(&SongRequest::lm_top_p, 0),
         "lm_top_p is 0; it must be above 0 and at most 1."},
        {message_for(&SongRequest::lm_top_p, 1.1), "lm_top_p is 1.1;"},
        {message_for(&SongRequest::lm_min_p, 1.1), "lm_min_p is 1.1; it must be from 0 to 1."},
        {message_for(&SongRequest::lm_repetition_penalty, 0), "it must be above 0 and at most 10."},
        {message_for(&SongRequest::lm_repetition_penalty, 11), "lm_repetition_penalty is 11;"},
        {message_for(&SongRequest::velocity_norm_threshold, -1), "velocity_norm_threshold is -1;"},
        {message_for(&SongRequest::velocity_ema_factor, 2), "velocity_ema_factor is 2;"},
        {message_for(&SongRequest::retake_variance, 1.5), "retake_variance is 1.5;"},
        {message_for(&SongRequest::audio_cover_strength, 1.5), "audio_cover_strength is 1.5;"},
        {message_for(&SongRequest::cover_noise_strength, -1), "cover_noise_strength is -1;"},
        {message_for(&SongRequest::repainting_start, -9999), "repainting_start is -9999 s;"},
        {message_for(&SongRequest::repainting_end, 1e9), "repainting_end is 1000000000 s;"},
        {message_for(&SongRequest::repaint_strength, 2), "repaint_strength is 2;"},
        {message_for(&SongRequest::latent_shift, 11), "latent_shift is 11;"},
        {message_for(&SongRequest::latent_rescale, 0), "latent_rescale is 0;"},
        {message_for(&SongRequest::normalization_db, 1), "normalization_db is 1 dBFS;"},
        {message_for(&SongRequest::loudness_lufs, 3), "loudness_lufs is 3 LUFS;"},
        {message_for(&SongRequest::fade_in_duration, -1), "fade_in_duration is -1 s;"},
        {message_for(&SongRequest::fade_out_duration, 601), "fade_out_duration is 601 s;"},
    };
    for (const auto& [message, expected] : cases) EXPECT_THAT(message, HasSubstr(expected));
}

TEST(Validate, NamesTheNearestOfTheKnownWords) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {message_for(&SongRequest::vocal_language, "enn"), "vocal_language is \"enn\""},
        {message_for(&SongRequest::keyscale, "c Major"), "Did you mean \"C major\"?"},
        {message_for(&SongRequest::timesignature, "4/4"), "timesignature is \"4/4\""},
        {message_for(&SongRequest::infer_method, "oed"), "Did you mean \"ode\"?"},
        {message_for(&SongRequest::sampler_mode, "dpm"), "Known: euler, heun."},
        {message_for(&SongRequest::repaint_mode, "agressive"), "Did you mean \"aggressive\"?"},
        {message_for(&SongRequest::chunk_mask_mode, ""), "chunk_mask_mode is \"\""},
    };
    for (const auto& [message, expected] : cases) EXPECT_THAT(message, HasSubstr(expected));
}

TEST(Validate, RefusesNumbersThatAreNotFinite) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    EXPECT_THAT(message_for(&SongRequest::duration, nan), HasSubstr("duration is nan"));
    EXPECT_THAT(message_for(&SongRequest::bpm, infinity), HasSubstr("bpm is inf"));
    EXPECT_THAT(message_for(&SongRequest::lm_cfg_scale, nan), HasSubstr("lm_cfg_scale is nan"));
    EXPECT_THAT(message_for(&SongRequest::timesteps, std::vector{1.0, nan}),
                HasSubstr("timesteps is nan"));
}

TEST(Validate, RefusesTextsThatAreTooLongOrNotText) {
    const std::string long_text(65'537, 'a');
    EXPECT_THAT(message_for(&SongRequest::caption, long_text),
                HasSubstr("caption has 65537 bytes; the limit is 65536."));
    EXPECT_THAT(message_for(&SongRequest::lyrics, long_text), HasSubstr("lyrics has 65537 bytes"));
    EXPECT_THAT(message_for(&SongRequest::instruction, long_text), HasSubstr("instruction has"));
    EXPECT_THAT(message_for(&SongRequest::lm_negative_prompt, long_text),
                HasSubstr("lm_negative_prompt has 65537 bytes"));
    EXPECT_THAT(message_for(&SongRequest::caption, "a\xFF"), HasSubstr("caption is not UTF-8"));
    EXPECT_THAT(message_for(&SongRequest::reference_audio, "a\xFF"),
                HasSubstr("reference_audio is not UTF-8"));
    EXPECT_THAT(message_for(&SongRequest::lyrics, std::string("a\0b", 3)),
                HasSubstr("lyrics has a zero byte"));
    SongRequest request;
    request.caption = request.lyrics = std::string(65'536, 'a');
    EXPECT_NO_THROW(validate(request));
}

TEST(Validate, RefusesSeedsBelowMinusOne) {
    EXPECT_THAT(message_for(&SongRequest::seeds, std::vector<std::int64_t>{4, -2}),
                HasSubstr("seeds has -2"));
    EXPECT_THAT(message_for(&SongRequest::retake_seed, -7), HasSubstr("retake_seed has -7"));
    EXPECT_THAT(message_for(&SongRequest::lm_seed, -7), HasSubstr("lm_seed has -7"));
    EXPECT_THAT(message_for(&SongRequest::seeds, std::vector<std::int64_t>(1025, 1)),
                HasSubstr("seeds has 1025 entries"));
}

TEST(Validate, LeavesRoomForTheSeedsOfABatchToCountUp) {
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    for (const bool of_the_plan : {false, true}) {
        SongRequest request;
        request.batch_size = 3;
        const auto set = [&](std::int64_t seed) {
            if (of_the_plan)
                request.lm_seed = seed;
            else
                request.seeds = {seed};
        };
        set(last - 2);
        EXPECT_NO_THROW(validate(request));
        set(last - 1);
        EXPECT_THROW(validate(request), Error);
    }
}

TEST(Validate, WantsTimestepsThatDescendFromAboveZero) {
    const auto message = [](std::vector<double> timesteps) {
        return message_for(&SongRequest::timesteps, std::move(timesteps));
    };
    EXPECT_THAT(message({1, 0.5, 0.5}), HasSubstr("timesteps[2] is 0.5 after 0.5"));
    EXPECT_THAT(message({0.5, 1}), HasSubstr("timesteps[1] is 1 after 0.5"));
    EXPECT_THAT(message({1.5, 1}), HasSubstr("timesteps[0] is 1.5; it must be from 0 to 1"));
    EXPECT_THAT(message({0}), HasSubstr("timesteps is only 0"));
    EXPECT_THAT(message(std::vector<double>(202, 0.5)), HasSubstr("timesteps has 202 entries"));
}

TEST(Validate, WantsAGuidanceIntervalThatIsNotEmpty) {
    EXPECT_THAT(message_for([](SongRequest& request) {
                    request.cfg_interval_start = 0.8;
                    request.cfg_interval_end = 0.2;
                }),
                HasSubstr("cfg_interval_start is 0.8, above cfg_interval_end 0.2"));
}

TEST(Validate, ChecksTrackNames) {
    const auto message = [](TaskType task, std::vector<std::string> tracks) {
        return message_for([&](SongRequest& request) {
            request.task_type = task;
            request.track_names = std::move(tracks);
        });
    };
    EXPECT_THAT(message(TaskType::lego, {"drums", "bass"}),
                HasSubstr("track_names has 2 names; lego takes one."));
    EXPECT_THAT(message(TaskType::extract, {"drums", "bass"}), HasSubstr("extract takes one"));
    EXPECT_THAT(message(TaskType::complete, {""}), HasSubstr("track_names has \"\""));
    EXPECT_THAT(message(TaskType::complete, {"a\nb"}), HasSubstr("track_names has \"a\\nb\""));
    EXPECT_THAT(message(TaskType::complete, {std::string(65, 'x')}), HasSubstr("65 bytes"));
    EXPECT_THAT(message(TaskType::complete, std::vector<std::string>(33, "drums")),
                HasSubstr("track_names has 33 names"));
}

}  // namespace
}  // namespace acestep::pipeline
