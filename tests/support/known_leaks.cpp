// Memory that others lose themselves, seen by the leak sanitizer: libsndfile and libvorbis a few
// kilobytes for each damaged Ogg file that cannot be opened, and once when a Vorbis file of many
// channels is written; LLVM's OpenMP runtime what it has made for the threads of a team. Nothing of
// ours is excused.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libvorbis\nleak:libomp.so\n";
}
