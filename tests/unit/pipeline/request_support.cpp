#include "request_support.h"

#include <functional>

namespace acestep::tests {
namespace {

class Draw {
public:
    explicit Draw(std::mt19937& generator) : generator_(generator) {}

    bool coin() { return whole(0, 1) == 1; }

    int whole(int lowest, int highest) {
        return lowest +
               static_cast<int>(generator_() % static_cast<unsigned>(highest - lowest + 1));
    }

    double number(double lowest, double highest) {
        const double share = double(generator_()) / double(std::mt19937::max());
        return lowest + share * (highest - lowest);
    }

    std::int64_t seed() {
        switch (whole(0, 3)) {
            case 0: return -1;
            case 1: return static_cast<std::int64_t>(generator_()) << 31;
            default: return static_cast<std::int64_t>(generator_());
        }
    }

    template <class T>
    T one_of(std::initializer_list<T> values) {
        return values.begin()[whole(0, static_cast<int>(values.size()) - 1)];
    }

    std::string words() {
        std::string text;
        for (int i = whole(0, 12); i > 0; --i)
            text +=
                one_of({"techno", " ", "\n", "[Verse]", "\"", "\\", "日本", "é", "🎵", "\t", "x"});
        return text;
    }

private:
    std::mt19937& generator_;
};

void draw_words(SongRequest& request, Draw& draw) {
    request.caption = draw.words();
    request.lyrics = draw.words();
    request.empty_lyrics = draw.coin();
    if (draw.coin()) request.vocal_language = draw.one_of({"en", "zh", "yue", "unknown"});
    if (draw.coin()) request.bpm = draw.number(30, 300);
    if (draw.coin()) request.keyscale = draw.one_of({"C major", "F# minor", "B♭ major"});
    if (draw.coin()) request.timesignature = draw.one_of({"2", "3", "4", "6"});
    if (draw.coin()) request.duration = draw.number(-10, 600);
    if (draw.coin()) request.instruction = draw.words();
    const bool takes_one =
        request.task_type == TaskType::lego || request.task_type == TaskType::extract;
    for (int i = draw.whole(0, takes_one ? 1 : 3); i > 0; --i)
        request.track_names.push_back(draw.one_of({"drums", "vocals", "kazoo"}));
    request.allow_unsupported_task = draw.coin();
}

void draw_language_model(SongRequest& request, Draw& draw) {
    request.thinking =
        draw.one_of({Thinking::automatic, Thinking::off, Thinking::on, Thinking::required});
    if (draw.coin()) request.use_cot_metas = draw.coin();
    if (draw.coin()) request.use_cot_caption = draw.coin();
    if (draw.coin()) request.use_cot_language = draw.coin();
    request.lock_codes_to_cot_duration = draw.coin();
    if (draw.coin()) request.lm_temperature = draw.number(0, 5);
    if (draw.coin()) request.lm_cfg_scale = draw.number(0, 30);
    if (draw.coin()) request.lm_top_k = draw.whole(0, 1000);
    if (draw.coin()) request.lm_top_p = draw.number(0.01, 1);
    if (draw.coin()) request.lm_min_p = draw.number(0, 1);
    if (draw.coin()) request.lm_repetition_penalty = draw.number(0.01, 10);
    if (draw.coin()) request.lm_negative_prompt = draw.words();
    if (draw.coin()) request.lm_seed = draw.seed();
}

void draw_sampler(SongRequest& request, Draw& draw) {
    if (draw.coin()) request.inference_steps = draw.whole(1, 200);
    if (draw.coin()) request.guidance_scale = draw.number(0, 15);
    request.use_adg = draw.coin();
    if (draw.coin()) request.cfg_interval_start = draw.number(0, 0.5);
    if (draw.coin()) request.cfg_interval_end = draw.number(0.5, 1);
    if (draw.coin()) request.shift = draw.number(1, 5);
    request.infer_method = draw.one_of({"ode", "sde"});
    request.sampler_mode = draw.one_of({"euler", "heun"});
    for (double t = draw.number(0, 1); draw.coin() && t > 0; t *= draw.number(0.1, 0.9))
        request.timesteps.push_back(t);
    if (draw.coin()) request.velocity_norm_threshold = draw.number(0, 2);
    if (draw.coin()) request.velocity_ema_factor = draw.number(0, 1);
    if (draw.coin()) request.retake_variance = draw.number(0, 1);
    if (draw.coin()) request.retake_seed = draw.seed();
}

void draw_audio(SongRequest& request, Draw& draw) {
    if (draw.coin()) request.src_audio = draw.one_of({"source.flac", "Überraschung/ソース.wav"});
    if (draw.coin()) request.reference_audio = "reference.mp3";
    if (draw.coin())
        request.audio_codes = draw.one_of({"<|audio_code_12|><|audio_code_99999|>", "12,7, 5"});
    if (draw.coin()) request.audio_cover_strength = draw.number(0, 1);
    if (draw.coin()) request.cover_noise_strength = draw.number(0, 1);
    if (draw.coin()) request.repainting_start = draw.number(-20, 80);
    if (draw.coin()) request.repainting_end = draw.number(-20, 80);
    request.repaint_mode = draw.one_of({"conservative", "balanced", "aggressive"});
    if (draw.coin()) request.repaint_strength = draw.number(0, 1);
    request.chunk_mask_mode = draw.one_of({"explicit", "auto"});
}

void draw_finishing(SongRequest& request, Draw& draw) {
    if (draw.coin()) request.latent_shift = draw.number(-1, 1);
    if (draw.coin()) request.latent_rescale = draw.number(0.5, 2);
    request.enable_normalization = draw.coin();
    if (draw.coin()) request.normalization_db = draw.number(-20, 0);
    if (draw.coin()) request.loudness_lufs = draw.number(-40, 0);
    if (draw.coin()) request.fade_in_duration = draw.number(0, 10);
    if (draw.coin()) request.fade_out_duration = draw.number(0, 10);
}

}  // namespace

SongRequest random_request(std::mt19937& generator) {
    Draw draw(generator);
    SongRequest request;
    request.task_type = static_cast<TaskType>(draw.whole(0, 6));
    draw_words(request, draw);
    request.batch_size = draw.whole(1, 8);
    for (int i = draw.whole(0, 4); i > 0; --i) request.seeds.push_back(draw.seed());
    request.noise_source = draw.one_of({NoiseSource::cuda, NoiseSource::cpu});
    draw_language_model(request, draw);
    draw_sampler(request, draw);
    draw_audio(request, draw);
    draw_finishing(request, draw);
    return request;
}

}  // namespace acestep::tests
