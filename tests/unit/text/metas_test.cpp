#include "text/metas.h"

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

TEST(Metas, EveryFieldIsFoundByItsNameInAnyCase) {
    using enum MetaField;
    for (const MetaField field :
         {bpm, caption, duration, genres, keyscale, language, timesignature})
        EXPECT_EQ(meta_field_from_name(name(field)), field);
    EXPECT_EQ(meta_field_from_name("KeyScale"), keyscale);
    EXPECT_EQ(meta_field_from_name("BPM"), bpm);
}

TEST(Metas, OtherNamesAreNoFields) {
    for (const char* other : {"", "bp", "bpms", "mood", "key scale", "\u0432pm", "b\u0300pm"})
        EXPECT_FALSE(meta_field_from_name(other)) << other;
}

TEST(Metas, FieldsStayInTheOrderInWhichTheyWereFirstSet) {
    Metas metas;
    metas.set(MetaField::language, "en");
    metas.set(MetaField::bpm, 90);
    metas.set(MetaField::language, "de");
    std::vector<MetaField> order;
    for (const auto& [field, value] : metas) order.push_back(field);
    EXPECT_EQ(order, (std::vector{MetaField::language, MetaField::bpm}));
    EXPECT_EQ(*metas.find(MetaField::language), MetaValue("de"));
}

TEST(Metas, AnAbsentFieldIsNotFound) {
    EXPECT_TRUE(Metas().empty());
    EXPECT_EQ(Metas({{MetaField::bpm, 90}}).find(MetaField::duration), nullptr);
}

TEST(Metas, WordsAreWordsAndNumbersAreNumbers) {
    EXPECT_TRUE(std::holds_alternative<std::string>(MetaValue("90")));
    EXPECT_TRUE(std::holds_alternative<std::int64_t>(MetaValue(90)));
    EXPECT_TRUE(std::holds_alternative<double>(MetaValue(90.5)));
}

}  // namespace
}  // namespace acestep::text
