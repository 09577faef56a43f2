#include "pipeline/request/duration.h"

#include <string>

#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

TEST(Duration, IsRoundedToTenthsLikePython) {
    EXPECT_EQ(rounded_duration(29.97), 30.0);
    EXPECT_EQ(rounded_duration(61.37), 61.4);
    EXPECT_EQ(rounded_duration(0.25), 0.2);  // exact tie: to the even digit
    EXPECT_EQ(rounded_duration(0.75), 0.8);  // exact tie: to the even digit
    EXPECT_EQ(rounded_duration(0.35), 0.3);  // the double is 0.34999999999999997
    EXPECT_EQ(rounded_duration(2.45), 2.5);  // the double is 2.4500000000000001
    EXPECT_EQ(rounded_duration(0.01), 0.1);  // never less
    EXPECT_EQ(rounded_duration(1e300), 1e300);
}

TEST(Duration, GivesTheFramesOfTheSpecification) {
    const ModelFacts model = tests::turbo_model();
    EXPECT_EQ(frames_of_duration(10, model), 250);
    EXPECT_EQ(frames_of_duration(29.97, model), 750);
    EXPECT_EQ(frames_of_duration(30.1, model), 752);
    EXPECT_EQ(frames_of_duration(61.37, model), 1535);
    EXPECT_EQ(frames_of_duration(600, model), 15000);
}

std::string repeated(const std::string& text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
}

TEST(Duration, IsEstimatedFromTheWords) {
    const std::string hundred_words = repeated("la ", 100);
    EXPECT_EQ(estimated_duration(hundred_words, std::nullopt), 98);  // 100 / 80 · 60 · 1.3 = 97.5
    EXPECT_EQ(estimated_duration(hundred_words, 200), 78);           // 100 / 100 · 60 · 1.3
    EXPECT_EQ(estimated_duration("[Verse 1]\n" + hundred_words + "\n[Chorus]", 200), 78);
}

TEST(Duration, EstimateStaysBetween30And600Seconds) {
    EXPECT_EQ(estimated_duration("one two", std::nullopt), 30);
    EXPECT_EQ(estimated_duration(repeated("la ", 10'000), std::nullopt), 600);
}

TEST(Duration, EstimateWithoutWordsIsAMinute) {
    EXPECT_EQ(estimated_duration("", std::nullopt), 60);
    EXPECT_EQ(estimated_duration("[Instrumental]", 90), 60);
    EXPECT_EQ(estimated_duration("\n \xE3\x80\x80", 90), 60);
}

TEST(Duration, EstimateCountsLettersWhereWordsHaveNoBlanksBetween) {
    // 200 letters are 100 words; punctuation is none.
    EXPECT_EQ(estimated_duration(repeated("春夏秋冬，", 50), 200), 78);
    EXPECT_EQ(estimated_duration(repeated("さくら、花", 50), 200), 78);
}

}  // namespace
}  // namespace acestep::pipeline
