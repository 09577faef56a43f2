// A library of the system that is loaded at run time, because not every machine has it.
#pragma once

#include <initializer_list>
#include <string>

namespace acestep::hardware {

class SharedLibrary {
public:
    /// The first of `names` that loads; `problem` of the last one when none does.
    explicit SharedLibrary(std::initializer_list<const char*> names);
    ~SharedLibrary();
    SharedLibrary(const SharedLibrary&) = delete;
    SharedLibrary& operator=(const SharedLibrary&) = delete;

    bool loaded() const { return handle_ != nullptr; }
    const std::string& problem() const { return problem_; }

    /// The function called `name`; null when the library has none.
    template <class Function>
    Function* function(const char* name) const {
        return reinterpret_cast<Function*>(address(name));
    }

private:
    using Address = void (*)();
    Address address(const char* name) const;

    void* handle_ = nullptr;
    std::string problem_;
};

}  // namespace acestep::hardware
