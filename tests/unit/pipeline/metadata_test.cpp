#include "pipeline/metadata.h"

#include <gtest/gtest.h>

namespace acestep::pipeline {
namespace {

using text::MetaField;

TEST(UsableText, HasNoZeroBytes) {
    using namespace std::string_literals;
    EXPECT_EQ(usable_text("[Verse]\nla\0la\0"s), "[Verse]\nlala");
    EXPECT_EQ(usable_text("été"), "été");
    EXPECT_EQ(usable_text("\0"s), "");
}

TEST(UsableMetadata, KeepsWhatModelsKnowAndLeavesOutTheRest) {
    using namespace std::string_literals;
    text::Metas metas;
    metas.set(MetaField::bpm, std::int64_t{5000});
    metas.set(MetaField::duration, -3.0);
    metas.set(MetaField::keyscale, "H flat"s);
    metas.set(MetaField::language, "klingon"s);
    metas.set(MetaField::caption, "a \0song"s);
    metas.set(MetaField::genres, "N/A"s);
    const Metadata odd = usable_metadata(metas);
    EXPECT_FALSE(odd.bpm);
    EXPECT_FALSE(odd.duration);
    EXPECT_EQ(odd.keyscale, "");
    EXPECT_EQ(odd.language, "");
    EXPECT_EQ(odd.caption, "a song");
    EXPECT_EQ(odd.genres, "");

    metas.set(MetaField::bpm, std::int64_t{120});
    metas.set(MetaField::duration, 30.0);
    metas.set(MetaField::keyscale, "C major"s);
    metas.set(MetaField::language, "en"s);
    const Metadata usual = usable_metadata(metas);
    EXPECT_EQ(usual.bpm, 120);
    EXPECT_EQ(usual.duration, 30);
    EXPECT_EQ(usual.keyscale, "C major");
    EXPECT_EQ(usual.language, "en");
}

}  // namespace
}  // namespace acestep::pipeline
