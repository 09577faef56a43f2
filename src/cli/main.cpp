// The program `acestep`.
#include <string>
#include <vector>

#include "base/waiting_threads.h"
#include "cli/command_line.h"

int main(int argument_count, char** arguments) {
    acestep::let_waiting_threads_sleep(arguments);
    return acestep::cli::run(std::vector<std::string>(arguments + 1, arguments + argument_count));
}
