#include "acestep/progress.h"

namespace acestep {

std::string_view name(Stage stage) {
    switch (stage) {
        case Stage::load: return "load";
        case Stage::compose: return "compose";
        case Stage::listen: return "listen";
        case Stage::describe: return "describe";
        case Stage::condition: return "condition";
        case Stage::diffuse: return "diffuse";
        case Stage::align: return "align";
        case Stage::decode: return "decode";
        case Stage::finish: return "finish";
    }
    return "load";
}

}  // namespace acestep
