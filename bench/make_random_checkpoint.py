#!/usr/bin/env python3
"""Writes a checkpoint set of the true shapes with random weights: for speed and memory, not music.

    bench/make_random_checkpoint.py DIRECTORY [--size full|xl|small|none] [--lm 0.6B|1.7B|4B]
                                    [--tokenizer FILE] [--seed N]

DIRECTORY gets the official layout, all weights bfloat16:

    acestep-v15-turbo      config.json  model.safetensors  silence_latent.pt   (xl: -xl-turbo)
    vae                    config.json  diffusion_pytorch_model.safetensors
    Qwen3-Embedding-0.6B   config.json  model.safetensors  tokenizer.json  tokenizer_config.json
    acestep-5Hz-lm-SIZE    config.json  model.safetensors   (with --lm; for bench/lm_bench)

The sizes below are the `config.json` files themselves; every tensor shape follows from them, as it
does in the program. Weights are normal with a variance that keeps activations near 1 in every
layer, so nothing overflows. Tensors are streamed: a set of any size needs little memory. Nothing
but Python's standard library is used.
"""

import argparse
import array
import json
import math
import os
import random
import shutil
import struct
import sys
import zipfile

DIT = {
    "architectures": ["AceStepConditionGenerationModel"], "model_type": "acestep",
    "model_version": "turbo", "is_turbo": True, "dtype": "bfloat16",
    "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 24,
    "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128,
    "text_hidden_dim": 1024, "timbre_hidden_dim": 64, "audio_acoustic_hidden_dim": 64,
    "in_channels": 192, "patch_size": 2, "pool_window_size": 5, "timbre_fix_frame": 750,
    "num_lyric_encoder_hidden_layers": 8, "num_timbre_encoder_hidden_layers": 4,
    "num_attention_pooler_hidden_layers": 2, "num_audio_decoder_hidden_layers": 24,
    "fsq_dim": 2048, "fsq_input_levels": [8, 8, 8, 5, 5, 5], "fsq_input_num_quantizers": 1,
    "use_sliding_window": True, "sliding_window": 128, "hidden_act": "silu",
    "rms_norm_eps": 1e-6, "rope_theta": 1000000, "rope_scaling": None, "attention_bias": False,
    "max_position_embeddings": 32768, "vocab_size": 64003,
}
XL_DIT = DIT | {
    "hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 32,
    "num_attention_heads": 32, "encoder_hidden_size": 2048, "encoder_intermediate_size": 6144,
    "encoder_num_attention_heads": 16, "encoder_num_key_value_heads": 8,
}
SMALL_DIT = DIT | {
    "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 4, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 64, "text_hidden_dim": 128, "fsq_dim": 256,
    "num_lyric_encoder_hidden_layers": 2, "num_timbre_encoder_hidden_layers": 2,
}
VAE = {
    "_class_name": "AutoencoderOobleck", "encoder_hidden_size": 128, "decoder_channels": 128,
    "decoder_input_channels": 64, "downsampling_ratios": [2, 4, 4, 6, 10],
    "channel_multiples": [1, 2, 4, 8, 16], "audio_channels": 2, "sampling_rate": 48000,
}
SMALL_VAE = VAE | {"decoder_channels": 16, "channel_multiples": [1, 1, 1, 2, 2]}
TEXT_ENCODER = {
    "architectures": ["Qwen3Model"], "model_type": "qwen3", "dtype": "bfloat16",
    "vocab_size": 151669, "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
    "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "hidden_act": "silu",
    "rms_norm_eps": 1e-6, "rope_theta": 1000000, "rope_scaling": None, "attention_bias": False,
    "tie_word_embeddings": True, "use_sliding_window": False, "sliding_window": None,
    "max_position_embeddings": 32768,
}
SMALL_TEXT_ENCODER = TEXT_ENCODER | {
    "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "head_dim": 64,
}
LANGUAGE_MODEL = TEXT_ENCODER | {
    "architectures": ["Qwen3ForCausalLM"], "vocab_size": 217204, "max_position_embeddings": 40960,
}
LANGUAGE_MODELS = {
    "0.6B": LANGUAGE_MODEL,
    "1.7B": LANGUAGE_MODEL | {"hidden_size": 2048, "intermediate_size": 6144},
    "4B": LANGUAGE_MODEL | {"hidden_size": 2560, "intermediate_size": 9728,
                            "num_hidden_layers": 36, "num_attention_heads": 32},
}
# Name -> folder and configuration of the diffusion model, the other two configurations.
SIZES = {
    "full": ("acestep-v15-turbo", DIT, VAE, TEXT_ENCODER),
    "xl": ("acestep-v15-xl-turbo", XL_DIT, VAE, TEXT_ENCODER),
    "small": ("acestep-v15-turbo", SMALL_DIT, SMALL_VAE, SMALL_TEXT_ENCODER),
}
SILENCE_FRAMES = 15000
DEMO_TOKENIZER = os.path.join(os.path.dirname(__file__), "..", "checkpoints", "demo",
                              "Qwen3-Embedding-0.6B", "tokenizer.json")


class Tensors:
    """A list of (name, shape, fill). A fill is ("normal", deviation) or ("constant", value)."""

    def __init__(self):
        self.items = []

    def add(self, name, shape, fill):
        self.items.append((name, tuple(shape), fill))

    def linear(self, name, outputs, inputs, bias=True):
        self.add(f"{name}.weight", (outputs, inputs), ("normal", inputs ** -0.5))
        if bias:
            self.add(f"{name}.bias", (outputs,), ("constant", 0.0))

    def norm(self, name, width):
        self.add(f"{name}.weight", (width,), ("constant", 1.0))

    def table(self, name, *shape):
        self.add(name, shape, ("normal", 0.02))


def attention(t, name, width, heads, kv_heads, head):
    t.linear(f"{name}.q_proj", heads * head, width, bias=False)
    t.linear(f"{name}.k_proj", kv_heads * head, width, bias=False)
    t.linear(f"{name}.v_proj", kv_heads * head, width, bias=False)
    t.linear(f"{name}.o_proj", width, heads * head, bias=False)
    t.norm(f"{name}.q_norm", head)
    t.norm(f"{name}.k_norm", head)


def mlp(t, name, width, inner):
    t.linear(f"{name}.gate_proj", inner, width, bias=False)
    t.linear(f"{name}.up_proj", inner, width, bias=False)
    t.linear(f"{name}.down_proj", width, inner, bias=False)


def transformer_layers(t, name, count, width, inner, heads, kv_heads, head):
    for i in range(count):
        layer = f"{name}layers.{i}"
        t.norm(f"{layer}.input_layernorm", width)
        t.norm(f"{layer}.post_attention_layernorm", width)
        attention(t, f"{layer}.self_attn", width, heads, kv_heads, head)
        mlp(t, f"{layer}.mlp", width, inner)


def decoder_tensors(t, c, encoder_width):
    width, patch, latent = c["hidden_size"], c["patch_size"], c["audio_acoustic_hidden_dim"]
    inputs = c["in_channels"]
    t.add("decoder.proj_in.1.weight", (width, inputs, patch), ("normal", (inputs * patch) ** -0.5))
    t.add("decoder.proj_in.1.bias", (width,), ("constant", 0.0))
    for name in ("decoder.time_embed", "decoder.time_embed_r"):
        t.linear(f"{name}.linear_1", width, 256)
        t.linear(f"{name}.linear_2", width, width)
        t.linear(f"{name}.time_proj", 6 * width, width)
    t.linear("decoder.condition_embedder", width, encoder_width)
    sizes = width, c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
    for i in range(c["num_hidden_layers"]):
        layer = f"decoder.layers.{i}"
        for part in ("self_attn", "cross_attn"):
            t.norm(f"{layer}.{part}_norm", width)
            attention(t, f"{layer}.{part}", *sizes)
        t.norm(f"{layer}.mlp_norm", width)
        mlp(t, f"{layer}.mlp", width, c["intermediate_size"])
        t.table(f"{layer}.scale_shift_table", 1, 6, width)
    t.norm("decoder.norm_out", width)
    t.table("decoder.scale_shift_table", 1, 2, width)
    t.add("decoder.proj_out.1.weight", (width, latent, patch), ("normal", width ** -0.5))
    t.add("decoder.proj_out.1.bias", (latent,), ("constant", 0.0))


def dit_tensors(c):
    """Decoder, condition encoder, audio tokenizer and detokenizer: one file."""
    width = c.get("encoder_hidden_size", c["hidden_size"])
    sizes = (width, c.get("encoder_intermediate_size", c["intermediate_size"]),
             c.get("encoder_num_attention_heads", c["num_attention_heads"]),
             c.get("encoder_num_key_value_heads", c["num_key_value_heads"]), c["head_dim"])
    latent, codes, text = (c["audio_acoustic_hidden_dim"], len(c["fsq_input_levels"]),
                           c["text_hidden_dim"])
    t = Tensors()
    decoder_tensors(t, c, width)
    t.table("null_condition_emb", 1, 1, width)
    t.linear("encoder.text_projector", width, text, bias=False)
    for name, inputs, layers in (
            ("lyric", text, c["num_lyric_encoder_hidden_layers"]),
            ("timbre", c["timbre_hidden_dim"], c["num_timbre_encoder_hidden_layers"])):
        t.linear(f"encoder.{name}_encoder.embed_tokens", width, inputs)
        transformer_layers(t, f"encoder.{name}_encoder.", layers, *sizes)
        t.norm(f"encoder.{name}_encoder.norm", width)
    t.table("encoder.timbre_encoder.special_token", 1, 1, width)
    pooler = "tokenizer.attention_pooler"
    t.linear("tokenizer.audio_acoustic_proj", width, latent)
    t.linear(f"{pooler}.embed_tokens", width, width)
    t.table(f"{pooler}.special_token", 1, 1, width)
    transformer_layers(t, f"{pooler}.", c["num_attention_pooler_hidden_layers"], *sizes)
    t.norm(f"{pooler}.norm", width)
    t.linear("tokenizer.quantizer.project_in", codes, c["fsq_dim"])
    t.linear("tokenizer.quantizer.project_out", c["fsq_dim"], codes)
    t.linear("detokenizer.embed_tokens", width, width)
    t.table("detokenizer.special_tokens", 1, c["pool_window_size"], width)
    transformer_layers(t, "detokenizer.", c["num_attention_pooler_hidden_layers"], *sizes)
    t.norm("detokenizer.norm", width)
    t.linear("detokenizer.proj_out", latent, width)
    return t.items


def text_encoder_tensors(c, deviation=1.0):
    t = Tensors()
    width = c["hidden_size"]
    t.add("embed_tokens.weight", (c["vocab_size"], width), ("normal", deviation))
    transformer_layers(t, "", c["num_hidden_layers"], width, c["intermediate_size"],
                       c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"])
    t.norm("norm", width)
    return t.items


def language_model_tensors(c):
    """The table is the output matrix, too: logits get a variance of 1."""
    return text_encoder_tensors(c, 1 / math.sqrt(c["hidden_size"]))


def convolution(t, name, outputs, inputs, taps, gain=1.0, bias=True):
    """Weight-normed: weight = g v / |v|, so a gain of 1 keeps the variance."""
    t.add(f"{name}.weight_g", (outputs, 1, 1), ("constant", gain))
    t.add(f"{name}.weight_v", (outputs, inputs, taps), ("normal", 1.0))
    if bias:
        t.add(f"{name}.bias", (outputs,), ("constant", 0.0))


def snake(t, name, channels):
    t.add(f"{name}.alpha", (1, channels, 1), ("constant", 0.0))
    t.add(f"{name}.beta", (1, channels, 1), ("constant", 0.0))


def residual_units(t, name, channels):
    for unit in (f"{name}.res_unit1", f"{name}.res_unit2", f"{name}.res_unit3"):
        snake(t, f"{unit}.snake1", channels)
        convolution(t, f"{unit}.conv1", channels, channels, 7)
        snake(t, f"{unit}.snake2", channels)
        convolution(t, f"{unit}.conv2", channels, channels, 1, gain=0.3)


def vae_tensors(c):
    t = Tensors()
    ratios, multiples = c["downsampling_ratios"], [1] + c["channel_multiples"]
    widths = [c["encoder_hidden_size"] * m for m in multiples]
    convolution(t, "encoder.conv1", widths[0], c["audio_channels"], 7)
    for i, stride in enumerate(ratios):
        block = f"encoder.block.{i}"
        residual_units(t, block, widths[i])
        snake(t, f"{block}.snake1", widths[i])
        convolution(t, f"{block}.conv1", widths[i + 1], widths[i], 2 * stride)
    snake(t, "encoder.snake1", widths[-1])
    convolution(t, "encoder.conv2", c["encoder_hidden_size"], widths[-1], 3)

    widths = [c["decoder_channels"] * m for m in reversed(multiples)]
    convolution(t, "decoder.conv1", widths[0], c["decoder_input_channels"], 7)
    for i, stride in enumerate(reversed(ratios)):
        block, inputs, outputs = f"decoder.block.{i}", widths[i], widths[i + 1]
        snake(t, f"{block}.snake1", inputs)
        # Transposed: normed per input channel, and two of the 2·stride taps meet in one output.
        gain = math.sqrt(outputs * stride / inputs)
        t.add(f"{block}.conv_t1.weight_g", (inputs, 1, 1), ("constant", gain))
        t.add(f"{block}.conv_t1.weight_v", (inputs, outputs, 2 * stride), ("normal", 1.0))
        t.add(f"{block}.conv_t1.bias", (outputs,), ("constant", 0.0))
        residual_units(t, block, outputs)
    snake(t, "decoder.snake1", widths[-1])
    convolution(t, "decoder.conv2", c["audio_channels"], widths[-1], 7, gain=0.05, bias=False)
    return t.items


def bfloat16(values):
    """Little-endian bytes of floats cut to their upper halves."""
    singles = array.array("f", values)
    if sys.byteorder == "big":
        singles.byteswap()
    raw = singles.tobytes()
    halves = bytearray(2 * len(singles))
    halves[0::2], halves[1::2] = raw[2::4], raw[3::4]
    return halves


class Filler:
    """Endless weights: blocks of random values, read in a ring."""

    # A prime, so that no two rows of a matrix start at the same place of the block.
    BLOCK = 262139

    def __init__(self, seed):
        source = random.Random(seed)
        self.normals = [source.gauss(0.0, 1.0) for _ in range(self.BLOCK)]
        self.blocks = {}
        self.position = 0

    def block(self, fill):
        if fill not in self.blocks:
            kind, value = fill
            numbers = ([value] * self.BLOCK if kind == "constant" else
                       [value * normal for normal in self.normals])
            self.blocks[fill] = memoryview(bfloat16(numbers)).toreadonly()
        return self.blocks[fill]

    def pieces(self, shape, fill):
        left, block = math.prod(shape), self.block(fill)
        while left > 0:
            count = min(left, self.BLOCK - self.position)
            yield block[2 * self.position:2 * (self.position + count)]
            self.position = (self.position + count) % self.BLOCK
            left -= count


def write_safetensors(path, tensors, filler):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape, _ in tensors:
        if name in header:
            raise ValueError(f"two tensors are named {name}")
        end = offset + 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, shape, fill in tensors:
            for piece in filler.pieces(shape, fill):
                file.write(piece)
    print(f"{path}: {len(tensors)} tensors, {offset // 2:,} parameters", flush=True)


def write_silence_latent(path, channels, frames, seed):
    """A float tensor [1, channels, frames] in PyTorch's zip format."""
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    def integers(*values):
        return b"(" + b"".join(b"J" + struct.pack("<i", value) for value in values) + b"t"

    count = channels * frames
    storage = (b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu")
               + b"J" + struct.pack("<i", count) + b"tQ")
    pickle = (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00"
              + integers(1, channels, frames) + integers(count, frames, 1)
              + b"\x89ccollections\nOrderedDict\n)RtR.")
    source = random.Random(seed)
    values = array.array("f", (source.gauss(0.0, 0.5) for _ in range(count)))
    if sys.byteorder == "big":
        values.byteswap()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (("data.pkl", pickle), ("byteorder", b"little"),
                              ("data/0", values.tobytes()), ("version", b"3\n")):
            archive.writestr(zipfile.ZipInfo(f"silence_latent/{name}"), content)
    print(f"{path}: [1, {channels}, {frames}]", flush=True)


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def check_tokenizer(path, vocabulary):
    with open(path, encoding="utf-8") as file:
        tokenizer = json.load(file)
    ids = [*tokenizer["model"]["vocab"].values(), *(t["id"] for t in tokenizer["added_tokens"])]
    if max(ids) >= vocabulary:
        sys.exit(f"{path} has token {max(ids)}; the text encoder has {vocabulary} rows. "
                 "Give the tokenizer of a Qwen3 text encoder.")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="created when it does not exist")
    parser.add_argument("--size", choices=[*SIZES, "none"], default="full",
                        help="full: 2 B turbo (6.3 GB on disk); xl: 4 B (11.5 GB); small: 70 MB; "
                             "none: only what --lm asks for")
    parser.add_argument("--lm", choices=LANGUAGE_MODELS, help="also a language model of this size")
    parser.add_argument("--tokenizer", default=DEMO_TOKENIZER, metavar="FILE",
                        help="tokenizer.json to copy; default: the demo model's")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    filler = Filler(arguments.seed)
    if arguments.lm:
        path = os.path.join(arguments.directory, f"acestep-5Hz-lm-{arguments.lm}")
        os.makedirs(path, exist_ok=True)
        config = LANGUAGE_MODELS[arguments.lm]
        write_json(os.path.join(path, "config.json"), config)
        write_safetensors(os.path.join(path, "model.safetensors"), language_model_tensors(config),
                          filler)
    if arguments.size == "none":
        return
    model, dit, vae, text_encoder = SIZES[arguments.size]
    check_tokenizer(arguments.tokenizer, text_encoder["vocab_size"])
    networks = ((model, dit, dit_tensors, "model.safetensors"),
                ("vae", vae, vae_tensors, "diffusion_pytorch_model.safetensors"),
                ("Qwen3-Embedding-0.6B", text_encoder, text_encoder_tensors, "model.safetensors"))
    for folder, config, tensors, weights in networks:
        path = os.path.join(arguments.directory, folder)
        os.makedirs(path, exist_ok=True)
        write_json(os.path.join(path, "config.json"), config)
        write_safetensors(os.path.join(path, weights), tensors(config), filler)
        if config is dit:
            write_silence_latent(os.path.join(path, "silence_latent.pt"),
                                 dit["audio_acoustic_hidden_dim"], SILENCE_FRAMES, arguments.seed)
        if config is text_encoder:
            shutil.copyfile(arguments.tokenizer, os.path.join(path, "tokenizer.json"))
            write_json(os.path.join(path, "tokenizer_config.json"), {
                "tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|endoftext|>",
                "pad_token": "<|endoftext|>", "add_bos_token": False, "model_max_length": 131072})


if __name__ == "__main__":
    main()
