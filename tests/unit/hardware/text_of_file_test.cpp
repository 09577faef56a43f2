#include "hardware/text_of_file.h"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "file_tree.h"

namespace acestep::hardware {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(HardwareText, OfWhatIsNoFileIsBlank) {
    FileTree tree;
    std::filesystem::create_directory(tree.root() / "folder");
    ASSERT_EQ(mkfifo((tree.root() / "pipe").c_str(), 0600), 0);
    for (const char* const name : {"folder", "nothing", "pipe"}) {
        EXPECT_EQ(text_of_file(tree.root() / name), "") << name;
        EXPECT_EQ(line_of_file(tree.root() / name), "") << name;
        EXPECT_FALSE(number_of_file(tree.root() / name)) << name;
    }
}

TEST(HardwareText, IsCutWhereTheCallerSays) {
    FileTree tree;
    tree.write("long", std::string(100000, 'x'));
    EXPECT_EQ(text_of_file(tree.root() / "long", 10000).size(), 10000u);
    EXPECT_EQ(text_of_file(tree.root() / "long").size(), 100000u);
    EXPECT_EQ(line_of_file(tree.root() / "long").size(), 256u);
}

TEST(HardwareText, LineHasNoControlCharacters) {
    FileTree tree;
    tree.write("line", "  Radeon\x1B[31m RX\t7900  \nsecond\n");
    EXPECT_EQ(line_of_file(tree.root() / "line"), "Radeon [31m RX 7900");
}

TEST(HardwareText, NumberIsTheWholeLineOrNothing) {
    EXPECT_EQ(whole_number("42"), 42);
    EXPECT_EQ(whole_number("-1"), -1);
    EXPECT_EQ(whole_number("0x1002"), 0x1002);
    for (const char* const text : {"", "max", "4 2", "1e9", "0x", "99999999999999999999", "7k"})
        EXPECT_FALSE(whole_number(text)) << text;
}

TEST(HardwareText, ValueStandsBehindItsKey) {
    const std::string_view text = "MemTotalOther: 1\nMemTotal:   24 kB \nkey value\n\nbroken";
    EXPECT_EQ(value_of(text, "MemTotal", ':'), "24 kB");
    EXPECT_EQ(value_of(text, "key", ' '), "value");
    EXPECT_EQ(value_of(text, "broken", ':'), "");
}

TEST(HardwareText, PiecesAreTrimmedAndNotBlank) {
    EXPECT_THAT(pieces_of(" a,, b ,", ','), ElementsAre("a", "b"));
    EXPECT_THAT(pieces_of("", ','), IsEmpty());
}

TEST(HardwareText, NamesAreSorted) {
    FileTree tree;
    tree.write("folder/card1/x", "");
    tree.write("folder/card0", "");
    EXPECT_THAT(names_in(tree.root() / "folder"), ElementsAre("card0", "card1"));
    EXPECT_THAT(names_in(tree.root() / "nowhere"), IsEmpty());
}

}  // namespace
}  // namespace acestep::hardware
