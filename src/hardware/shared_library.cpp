#include "hardware/shared_library.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace acestep::hardware {

#if defined(_WIN32)

SharedLibrary::SharedLibrary(std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        // Drivers' libraries lie with the system; the current folder could hold anything.
        handle_ = LoadLibraryExA(name, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
        if (handle_) return;
        problem_ = std::string(name) + " could not be loaded";
    }
}

SharedLibrary::~SharedLibrary() {
    if (handle_) FreeLibrary(static_cast<HMODULE>(handle_));
}

SharedLibrary::Address SharedLibrary::address(const char* name) const {
    if (!handle_) return nullptr;
    return reinterpret_cast<Address>(GetProcAddress(static_cast<HMODULE>(handle_), name));
}

#else

SharedLibrary::SharedLibrary(std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (handle_) return;
        const char* const reason = dlerror();
        problem_ = reason ? reason : std::string(name) + " could not be loaded";
    }
}

SharedLibrary::~SharedLibrary() {
    if (handle_) dlclose(handle_);
}

SharedLibrary::Address SharedLibrary::address(const char* name) const {
    return handle_ ? reinterpret_cast<Address>(dlsym(handle_, name)) : nullptr;
}

#endif

}  // namespace acestep::hardware
