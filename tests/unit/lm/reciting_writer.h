// A language model that says what it was told to say, and remembers what it was asked.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "lm/writer.h"

namespace acestep::lm {

class RecitingWriter : public Writer {
public:
    using Answer = std::vector<std::string>;  ///< a text for each seed

    explicit RecitingWriter(std::vector<Answer> answers) : answers_(std::move(answers)) {}
    /// For tasks with one seed.
    RecitingWriter(std::initializer_list<const char*> texts) {
        for (const char* text : texts) answers_.push_back({text});
    }

    std::vector<std::string> write(const WritingTask& task) override {
        tasks.push_back(task);
        return answers_.at(tasks.size() - 1);
    }

    std::vector<WritingTask> tasks;  ///< in the order of the calls

private:
    std::vector<Answer> answers_;
};

}  // namespace acestep::lm
