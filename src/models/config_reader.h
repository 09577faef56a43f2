// Reading a configuration: every field checked for presence, type and a sane range, because sizes
// decide how much is allocated and a config.json is input like any other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace acestep::models {

class ConfigReader {
public:
    /// `file` is named in messages. `config` has to outlive the reader.
    ConfigReader(const nlohmann::json& config, std::string file);

    bool has(const char* key) const;  ///< present and not null
    /// \throws Error{corrupt_file} naming file and key when missing, of another type or outside
    /// 1…`limit`.
    std::int64_t count(const char* key, std::int64_t limit = 1 << 24) const;
    std::int64_t count_or(const char* key, std::int64_t otherwise) const;
    double positive(const char* key) const;
    bool flag_or(const char* key, bool otherwise) const;
    std::string text_or(const char* key, const std::string& otherwise) const;
    std::vector<std::int64_t> counts(const char* key) const;
    std::vector<std::string> texts(const char* key) const;
    /// \throws Error{corrupt_file}
    [[noreturn]] void fail(const std::string& what) const;
    /// \throws Error{unsupported} unless the key is absent or null.
    void refuse(const char* key, const char* what) const;

private:
    const nlohmann::json& config_;
    std::string file_;
};

}  // namespace acestep::models
