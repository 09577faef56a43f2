// The descriptions and footers of all help pages.
#include "cli/texts.h"

namespace acestep::cli::texts {

const char* const program_description =
    "Makes songs from text, lyrics and audio with the ACE-Step 1.5 models.";
const char* const program_footer =
    "Examples\n"
    "  acestep generate --caption \"driving techno with organ and drums\" --duration 20 -o "
    "techno.flac\n"
    "  acestep generate --from techno.json -o again.flac\n"
    "  acestep inspire \"a soft love song for a quiet evening\" -o idea.json\n"
    "  acestep understand techno.flac\n"
    "  acestep models list\n"
    "\n"
    "Exit status\n"
    "  0    done\n"
    "  1    not possible now: out of memory, an output that cannot be written\n"
    "  2    not possible as asked: wrong usage, invalid request, missing or damaged file\n"
    "  130  cancelled";
const char* const generate_description = "Make one or more songs.";
const char* const generate_footer =
    "Without -o the name is made of caption and seed, in the current folder. A batch writes\n"
    "NAME-1.flac, NAME-2.flac, … one by one. An existing file is never replaced without --force.\n"
    "\n"
    "Beside every song a sidecar NAME.json keeps the complete request and the settings it was "
    "made\n"
    "with; 'acestep generate --from NAME.json' makes the same song again.\n"
    "\n"
    "Where there is a language model it plans the song first (--thinking), unless codes or audio "
    "are\n"
    "given; the sidecar keeps the plan. 'acestep compose' plans without making the song.\n"
    "\n"
    "With --stream the song can be heard while it is decoded:\n"
    "  acestep generate --caption \"calm harp\" -o harp.flac --stream - | ffplay -nodisp -\n"
    "\n"
    "With --lrc the diffusion model tells when each line of the lyrics is sung: in NAME.lrc, and "
    "with\n"
    "--json as \"lyric_lines\" and as \"alignment_score\", from 0 (does not follow the lyrics) to "
    "1.\n"
    "\n"
    "Values come from the request file first; flags replace them. TEXT may be @FILE; write @@ for "
    "a\n"
    "text that begins with @. Progress and warnings go to the standard error stream, the report "
    "to\n"
    "the standard output. Ctrl-C stops and keeps the songs already written; twice stops at once.\n"
    "\n"
    "Environment\n"
    "  ACESTEP_CHECKPOINTS_DIR   the checkpoints folder when --checkpoints is not given";
const char* const compose_description = "Let the language model plan a song.";
const char* const compose_footer =
    "The plan, metadata and the audio codes that the song will follow, is printed as JSON; "
    "'acestep\n"
    "generate --codes PLAN' makes its song. What the flags say is kept, the rest is up to the "
    "model.\n"
    "With --batch N the plan has codes for N songs.\n"
    "\n"
    "Examples\n"
    "  acestep compose --caption \"driving techno with organ and drums\" --duration 20 -o "
    "plan.json\n"
    "  acestep generate --codes plan.json -o techno.flac";
const char* const understand_description = "Let the language model describe a song.";
const char* const understand_footer =
    "Caption, lyrics and metadata are printed as JSON; 'acestep generate --request FILE' makes a "
    "song of it.\n"
    "\n"
    "Examples\n"
    "  acestep understand song.flac\n"
    "  acestep understand --codes plan.json --quiet";
const char* const inspire_description = "Let the language model write a song's words from a few.";
const char* const inspire_footer =
    "Caption, lyrics and metadata are printed as JSON; 'acestep generate --request FILE' makes a "
    "song of it.\n"
    "\n"
    "Examples\n"
    "  acestep inspire \"a soft love song for a quiet evening\" --language en -o idea.json\n"
    "  acestep generate --request idea.json -o song.flac";
const char* const format_description = "Let the language model write out caption and lyrics.";
const char* const format_footer =
    "Caption, lyrics and metadata, as the models like them, are printed as JSON; 'acestep "
    "generate\n"
    "--request FILE' makes a song of it. What is given of the metadata is kept; the model decides "
    "the\n"
    "rest.\n"
    "\n"
    "Examples\n"
    "  acestep format --caption \"latin pop, reggaeton\" --lyrics @words.txt --bpm 95 -o idea.json";
const char* const score_description =
    "Let the language model judge how well a song fits its words.";
const char* const score_footer =
    "How well the song explains caption, lyrics and metadata, as far as they are given, is printed "
    "as\n"
    "JSON: scores from 0 to 1, higher is better. They compare songs of the same words.\n"
    "\n"
    "Examples\n"
    "  acestep score techno.flac --caption \"driving techno with organ and drums\" --bpm 125\n"
    "  acestep score --codes plan.json --quiet";
const char* const bench_description = "Time the stages of a song on this machine.";
const char* const bench_footer =
    "Makes the same song several times in a row and throws it away. 'first' is the first of them, "
    "which\n"
    "loads the weights. Times mean something on an idle machine only.\n"
    "\n"
    "Examples\n"
    "  acestep bench --checkpoints checkpoints/demo --duration 20\n"
    "  acestep bench --simulate-vram 6 --tier-report tier2.json";
const char* const plan_description = "Show what memory and time a song would take.";
const char* const plan_footer =
    "Nothing is loaded, and no weights are needed: the program's own graphs say what they take at "
    "these\n"
    "lengths. 'weights' says how long they are on the device: for good (resident), for their stage "
    "(swapped),\n"
    "or layer by layer (streamed). Times are estimates from the device's speed.\n"
    "\n"
    "Examples\n"
    "  acestep plan --model xl --duration 240 --simulate-vram 8\n"
    "  acestep plan --model 2b --lm 1.7b --device-profile rtx3060 --explain\n"
    "  acestep plan --model checkpoints/acestep-v15-turbo --duration 600 --plot plan.svg";
const char* const tiers_description = "Show what holds for graphics cards of each size.";
const char* const tiers_footer =
    "A tier limits songs and batches and recommends a language model by the memory of the card; "
    "what fits\n"
    "is for 'acestep plan' to say. A file of tiers changes the table; 'acestep tiers --markdown' "
    "tells how.\n"
    "\n"
    "Examples\n"
    "  acestep tiers --vram 8\n"
    "  acestep tiers --profile classic --json";
const char* const tiers_legend =
    "seconds, songs: with / without a language model at work\n"
    "by default: the language model that a program starts with\n";
const char* const advised_settings = "Advised settings, for the environment or an .env file:";
const char* const models_description = "Look at checkpoints, and convert them.";
const char* const models_list_description = "List the parts of ACE-Step in a folder.";
const char* const models_inspect_description =
    "Show the tensors and metadata of a weight file, or of the weight files in a folder.";
const char* const models_convert_description = "Write checkpoints as smaller GGUF files.";
const char* const models_convert_footer =
    "Each part becomes one file that has everything in it, called like "
    "acestep-v15-turbo-Q8_0.gguf;\n"
    "a folder of these is a checkpoints folder. Bits a weight: bf16 and f16 16, q8_0 8.5, q6_k "
    "6.6,\n"
    "q5_k 5.5, q4_k 4.5. Of a language model below q8_0 the audio codes are compared with those of "
    "its\nsource; one that loses more than one in ten has to be named to be used. Ctrl-C leaves "
    "nothing behind.\n"
    "\n"
    "Examples\n"
    "  acestep models convert checkpoints/demo --type q8_0 -o smaller\n"
    "  acestep generate --checkpoints smaller --caption \"soft piano\" --duration 20";
const char* const check_gpu_description = "Show which graphics cards can be used, and why not.";
const char* const check_gpu_footer =
    "Exit status\n"
    "  0    a graphics processor can be used\n"
    "  1    songs are made on the processor; so they are on a simulated device\n"
    "  2    the machine could not be looked at, or wrong usage\n"
    "\n"
    "Environment\n"
    "  MAX_CUDA_VRAM, MAX_MPS_VRAM, MAX_XPU_VRAM   as --simulate-vram\n"
    "  ACESTEP_BACKENDS                            the folder of the backends' modules";

}  // namespace acestep::cli::texts
