// How threads of OpenMP wait for work.
#pragma once

namespace acestep {

/// Threads look for work for some microseconds before they sleep, instead of milliseconds: beside
/// other programs that keep the cores busy, a song takes half the time, and alone no more.
///
/// OpenMP reads its settings before `main`. So unless the user has chosen how threads wait
/// (OMP_WAIT_POLICY, GOMP_SPINCOUNT, KMP_BLOCKTIME), this sets them and starts the program anew in
/// the same process, with the same arguments; where that cannot be done, nothing changes.
/// To be called first of all, with the arguments of `main`.
void let_waiting_threads_sleep(char** arguments);

}  // namespace acestep
