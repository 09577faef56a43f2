// Quality scores as JSON: a function of language.h.
#include <string>

#include <nlohmann/json.hpp>

#include "acestep/language.h"
#include "pipeline/request/validate.h"

namespace acestep {

std::string to_json(const QualityScore& quality) {
    using nlohmann::ordered_json;
    using pipeline::check_text;
    ordered_json conditions = ordered_json::object();
    for (const auto& [name, metric, score] : quality.conditions) {
        check_text("A condition", name);
        check_text("A metric", metric);
        conditions[name] = {{"score", score}, {"metric", metric}};
    }
    check_text("model", quality.model);
    for (const std::string& warning : quality.warnings) check_text("A warning", warning);
    ordered_json object{
        {"score", quality.global}, {"conditions", conditions}, {"model", quality.model}};
    if (!quality.warnings.empty()) object["warnings"] = quality.warnings;
    return object.dump(2);
}

}  // namespace acestep
