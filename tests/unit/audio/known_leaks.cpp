// Memory that libsndfile and libvorbis lose themselves, seen by the leak sanitizer: a few kilobytes
// for each damaged Ogg file that cannot be opened, and once when a Vorbis file of many channels is
// written. Nothing of ours is excused.
// gcc says when it sanitizes; with clang an unused function does no harm.
#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libvorbis\n";
}
#endif
