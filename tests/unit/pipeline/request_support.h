// What the tests of the request layer share: a model, valid requests drawn at random, and the error
// of a call.
#pragma once

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "acestep/song.h"
#include "pipeline/checkpoints/model_facts.h"

namespace acestep::tests {

/// The numbers of the published checkpoints.
inline pipeline::ModelFacts turbo_model() {
    return {.name = "acestep-v15-turbo",
            .turbo = true,
            .latent_frames_limit = 15000,
            .pool_window = 5,
            .code_count = 64000,
            .sample_rate = 48000,
            .samples_per_frame = 1920};
}

inline pipeline::ModelFacts base_model() {
    pipeline::ModelFacts model = turbo_model();
    model.name = "acestep-v15-base";
    model.turbo = false;
    model.base = true;
    return model;
}

/// The error that `call` ends with; a failure of the test when it ends without one.
template <class Call>
Error error_of(Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::internal, "no error");
}

/// A request that `validate` accepts, every field of it drawn from its range; about half of the
/// fields keep their defaults.
SongRequest random_request(std::mt19937& generator);

}  // namespace acestep::tests
