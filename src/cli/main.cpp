// The program `acestep`.
#include <string>
#include <vector>

#include "cli/command_line.h"

int main(int argument_count, char** arguments) {
    return acestep::cli::run(std::vector<std::string>(arguments + 1, arguments + argument_count));
}
