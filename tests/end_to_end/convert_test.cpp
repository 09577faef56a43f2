// `acestep models convert`: smaller files that make songs, and nothing left behind otherwise.
#include <gmock/gmock.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "acestep/checkpoints.h"
#include "acestep_program.h"

namespace acestep::tests {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string demo = demo_checkpoints.string();
const std::string demo_model = (demo_checkpoints / "acestep-v15-turbo").string();

class Convert : public AcestepProgram {
protected:
    ProcessResult convert(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"models", "convert"});
        return run(arguments);
    }

    /// Names of everything in a folder, hidden files too, sorted.
    static std::vector<std::string> content(const fs::path& folder) {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }

    static std::string type_of(const fs::path& file, const std::string& tensor) {
        for (const TensorSummary& summary : inspect_checkpoint(file).tensors)
            if (summary.name == tensor) return summary.type;
        return "missing";
    }

    fs::path big_sparse_model() const;
};

TEST_F(Convert, TheDemoMakesASongFromEightBits) {
    const ProcessResult result = convert({demo, "--type", "q8_0", "-o", "small"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("small/acestep-v15-turbo-Q8_0.gguf"),
                                  HasSubstr("14.5 MB -> 9.3 MB"), HasSubstr("112 q8_0"),
                                  HasSubstr("largest relative error 0.0")));
    EXPECT_THAT(result.err, AllOf(HasSubstr("convert vae 100 %"), Not(HasSubstr("warning"))));
    EXPECT_THAT(content(file("small")),
                ElementsAre("Qwen3-Embedding-0.6B-Q8_0.gguf", "acestep-5Hz-lm-0.6B-Q8_0.gguf",
                            "acestep-v15-turbo-Q8_0.gguf", "vae-F16.gguf"));

    // Planned, and written by the smaller models alone.
    const ProcessResult song =
        run({"generate", "--checkpoints", "small", "--caption", "driving techno with organ",
             "--duration", "5.2", "--thinking", "on", "--quiet", "-o", "song.flac"});
    EXPECT_EQ(song.status, 0) << song.err;
    EXPECT_GT(read_audio(file("song.flac")).samples(), 200'000);
}

TEST_F(Convert, GivesTheSamePlanWithTheTokenizerFromTheFile) {
    ASSERT_EQ(convert({demo, "--type", "bf16", "-o", "same", "--quiet"}).status, 0);
    const auto plan = [&](const std::string& checkpoints) {
        const ProcessResult result =
            run({"compose", "--checkpoints", checkpoints, "--caption", "soft piano", "--duration",
                 "6", "--seed", "3", "--quiet"});
        EXPECT_EQ(result.status, 0) << result.err;
        nlohmann::json composition = nlohmann::json::parse(result.out);
        composition.erase("model");  // the name of its file
        return composition;
    };
    EXPECT_EQ(plan("same"), plan(demo));
}

TEST_F(Convert, KeepsWhatHasToBeExact) {
    ASSERT_EQ(convert({demo_model, "--type", "q8_0", "-o", "model.gguf", "--quiet"}).status, 0);
    const fs::path model = file("model.gguf");
    EXPECT_EQ(type_of(model, "decoder.layers.0.mlp.up_proj.weight"), "q8_0");
    EXPECT_EQ(type_of(model, "detokenizer.proj_out.weight"), "q8_0");
    for (const char* tensor :
         {"decoder.proj_in.1.weight", "decoder.proj_out.1.weight", "encoder.text_projector.weight",
          "decoder.time_embed.time_proj.weight", "decoder.layers.0.self_attn_norm.weight",
          "decoder.layers.0.scale_shift_table", "tokenizer.attention_pooler.embed_tokens.weight",
          "tokenizer.quantizer.project_in.weight"})
        EXPECT_EQ(type_of(model, tensor), "bf16") << tensor;
    EXPECT_EQ(type_of(model, "silence_latent"), "f32");
}

TEST_F(Convert, ConvertsAgainFromGguf) {
    const std::string lm = (demo_checkpoints / "acestep-5Hz-lm-0.6B").string();
    ASSERT_EQ(convert({lm, "--type", "q8_0", "--quiet"}).status, 0);
    const ProcessResult result =
        convert({"acestep-5Hz-lm-0.6B-Q8_0.gguf", "--type", "q4_k", "--quiet"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.err, IsEmpty());
    EXPECT_THAT(result.out, IsEmpty());
    const fs::path smaller = file("acestep-5Hz-lm-0.6B-Q4_K.gguf");
    EXPECT_EQ(type_of(smaller, "model.layers.0.mlp.up_proj.weight"), "q4_k");
    EXPECT_EQ(type_of(smaller, "model.embed_tokens.weight"), "q6_k");
}

TEST_F(Convert, ComparesTheCodesOfALanguageModelOfFewerThan8Bits) {
    const std::string lm = (demo_checkpoints / "acestep-5Hz-lm-0.6B").string();
    const auto stated = [&] {
        std::string share;
        for (const auto& [key, value] : inspect_checkpoint(file("lm.gguf")).metadata)
            if (key == "acestep.code_agreement") share = value;
        return share;
    };
    const auto kept = [&](const char* type) {
        const ProcessResult result = convert({lm, "--type", type, "-o", "lm.gguf", "--force"});
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_THAT(result.err, HasSubstr("compare codes of acestep-5Hz-lm-0.6B 100 %"));
        EXPECT_THAT(result.out, HasSubstr("audio codes kept: "));
        return std::stod(stated());
    };
    const double finer = kept("q6_k"), coarser = kept("q4_k");
    EXPECT_LT(coarser, finer);
    EXPECT_GT(coarser, 0.9);
    EXPECT_LT(finer, 1);

    // Of 8 bits nothing has to be said.
    const ProcessResult fine = convert({lm, "--type", "q8_0", "-o", "lm.gguf", "--force"});
    EXPECT_THAT(fine.out + fine.err, Not(HasSubstr("codes")));
    EXPECT_EQ(stated(), "");
}

TEST_F(Convert, InterruptedWhileItComparesCodesLeavesNothing) {
    Process process(ACESTEP_PROGRAM,
                    {"models", "convert", (demo_checkpoints / "acestep-5Hz-lm-0.6B").string(),
                     "--type", "q4_k", "-o", "small", "--threads", "1"},
                    {.working_directory = folder()});
    ASSERT_TRUE(process.wait_for_error_text("compare codes of acestep-5Hz-lm-0.6B 10 %"));
    process.interrupt();
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(content(folder()), IsEmpty());
}

TEST_F(Convert, RefusesAnAutoencoderBelowF16) {
    const std::string vae = (demo_checkpoints / "vae").string();
    for (const char* type : {"bf16", "q8_0", "q4_k"}) {
        const ProcessResult result = convert({vae, "--type", type, "--quiet"});
        EXPECT_TRUE(refused(result, 2)) << type;
        EXPECT_THAT(result.err, HasSubstr("Convert it to f16."));
    }
    EXPECT_THAT(files(), IsEmpty());
    EXPECT_EQ(convert({vae, "--type", "f16", "--quiet"}).status, 0);
    EXPECT_THAT(files(), ElementsAre("vae-F16.gguf"));
}

TEST_F(Convert, DamagedModelsAreNamedAndLeaveNothing) {
    fs::copy(demo_model, file("acestep-v15-turbo"));
    const fs::path weights = file("acestep-v15-turbo") / "model.safetensors";
    fs::resize_file(weights, fs::file_size(weights) / 2);
    const ProcessResult result =
        convert({"acestep-v15-turbo", "--type", "q8_0", "-o", "small", "--quiet"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("model.safetensors"));
    EXPECT_TRUE(refused(convert({"nowhere", "--type", "q8_0"}), 2));
    EXPECT_THAT(content(folder()), ElementsAre("acestep-v15-turbo"));
}

TEST_F(Convert, WithoutItsSilenceLatentIsRefused) {
    fs::copy(demo_model, file("acestep-v15-turbo"));
    fs::remove(file("acestep-v15-turbo") / "silence_latent.pt");
    const ProcessResult result = convert({"acestep-v15-turbo", "--type", "q8_0", "--quiet"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("silence_latent.pt"));
}

TEST_F(Convert, AFullDiskLeavesNothing) {
    // A limit on the size of files; without the signal that usually comes with it.
    const ProcessResult result = run_program(
        "/bin/sh",
        {"-c", "trap '' XFSZ; ulimit -f 2000; \"$0\" models convert \"$1\" --type q8_0 -o small",
         ACESTEP_PROGRAM, demo},
        {.working_directory = folder()});
    EXPECT_EQ(result.status, 1) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr(".gguf cannot be written: "), HasSubstr("Free some")));
    EXPECT_THAT(content(folder()), IsEmpty());
    EXPECT_TRUE(refused(convert({demo, "--type", "q8_0", "-o", "/dev/full", "--quiet"}), 1));
}

TEST_F(Convert, AnExistingOutputIsKeptUnlessForced) {
    write_bytes(file("model.gguf"), "mine");
    const std::vector<std::string> arguments = {demo_model, "--type",     "q8_0",
                                                "-o",       "model.gguf", "--quiet"};
    const ProcessResult result = convert(arguments);
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, AllOf(HasSubstr("model.gguf exists already"), HasSubstr("--force")));
    EXPECT_EQ(read_bytes(file("model.gguf")), "mine");

    std::vector<std::string> forced = arguments;
    forced.push_back("--force");
    EXPECT_EQ(convert(forced).status, 0);
    EXPECT_GT(fs::file_size(file("model.gguf")), 5'000'000u);
    EXPECT_THAT(content(folder()), ElementsAre("model.gguf"));
}

// A language model of 2 GB, nearly all of it a hole in the file.
fs::path Convert::big_sparse_model() const {
    const fs::path folder = file("acestep-5Hz-lm-0.6B");
    fs::copy(demo_checkpoints / "acestep-5Hz-lm-0.6B", folder);
    const std::string header = R"({"embed_tokens.weight":{"dtype":"F32","shape":[524288,1024],)"
                               R"("data_offsets":[0,2147483648]}})";
    const std::uint64_t size = header.size();
    write_bytes(folder / "model.safetensors",
                std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + header);
    fs::resize_file(folder / "model.safetensors", 8 + size + 2147483648u);
    return folder;
}

TEST_F(Convert, InterruptedLeavesNothing) {
    const fs::path model = big_sparse_model();
    Process process(ACESTEP_PROGRAM,
                    {"models", "convert", model.string(), "--type", "q8_0", "-o", "small"},
                    {.working_directory = folder()});
    ASSERT_TRUE(process.wait_for_error_text("convert acestep-5Hz-lm-0.6B 0 %"));
    process.interrupt();
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("acestep: Cancelled. Nothing was written."));
    EXPECT_THAT(content(folder()), ElementsAre("acestep-5Hz-lm-0.6B"));
}

TEST_F(Convert, SaysWhatIsMissingFromTheCommandLine) {
    EXPECT_THAT(convert({demo}).err, HasSubstr("'acestep models convert' needs --type"));
    EXPECT_THAT(convert({"--type", "q8_0"}).err, HasSubstr("needs a part of ACE-Step"));
    EXPECT_THAT(convert({demo, "--type", "q9"}).err, HasSubstr("q8_0"));
    EXPECT_THAT(convert({demo, "--type", "q8_0", "-o", "all.gguf"}).err, HasSubstr("4 parts"));
    EXPECT_THAT(content(folder()), IsEmpty());
}

}  // namespace
}  // namespace acestep::tests
