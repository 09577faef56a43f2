#include "text/metadata_vocabulary.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

TEST(MetadataVocabulary, KeyScalesAreAllNotesAccidentalsAndModes) {
    std::set<std::string> expected;
    for (const std::string note : {"A", "B", "C", "D", "E", "F", "G"})
        for (const std::string accidental : {"", "#", "b", "\u266F", "\u266D"})
            for (const std::string mode : {" major", " minor"})
                expected.insert(note + accidental + mode);
    EXPECT_EQ(std::set<std::string>(key_scales.begin(), key_scales.end()), expected);
}

TEST(MetadataVocabulary, NamesDoNotRepeat) {
    EXPECT_EQ(std::set(vocal_languages.begin(), vocal_languages.end()).size(), 51U);
    EXPECT_EQ(std::set(track_names.begin(), track_names.end()).size(), 12U);
    EXPECT_EQ(std::set(time_signatures.begin(), time_signatures.end()).size(), 4U);
}

TEST(MetadataVocabulary, NamesAreComparedExactly) {
    EXPECT_TRUE(contains(vocal_languages, "yue"));
    EXPECT_TRUE(contains(vocal_languages, unknown_language));
    EXPECT_FALSE(contains(vocal_languages, "EN"));
    EXPECT_FALSE(contains(vocal_languages, ""));
    EXPECT_FALSE(contains(key_scales, "C Major"));
    EXPECT_TRUE(contains(time_signatures, "6"));
    EXPECT_FALSE(contains(time_signatures, "4/4"));
}

}  // namespace
}  // namespace acestep::text
