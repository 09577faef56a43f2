#include "lm/description_hints.h"

#include <string>

#include <gtest/gtest.h>

namespace acestep::lm {
namespace {

using text::Parity;

struct Description {
    const char* text;
    const char* official;
    const char* recommended;
};

TEST(LmDescriptionHints, FindTheLanguage) {
    const Description descriptions[] = {
        {"a soft Bengali love song", "bn", "bn"},
        {"an ENGLISH song", "en", "en"},
        {"canción en ESPAÑOL", "en", "es"},
        {"песня на русский лад", "ru", "ru"},
        {"a song", "", ""},
        {"", "", ""},
        {"broken \xff bytes, french", "fr", "fr"},
        // Words, not parts of them.
        {"in the Germanic style", "", ""},
        {"thailand", "", ""},
        {"english_song", "", ""},
        // Scripts without spaces.
        {"中文歌", "", "zh"},
        {"一首 中文, slow", "zh", "zh"},
        {"日本語の歌", "", "ja"},
        {"한국어로 부르는 노래", "", "ko"},
        // Codes.
        {"hi, a song", "hi", ""},
        {"it is raining", "it", ""},
        {"sing it (de)", "it", ""},
        {"language: hi", "hi", "hi"},
        {"vocal_language=JA", "", "ja"},
        {"{\"lang\": \"ko\"}", "", "ko"},
        {"lang: xx", "", ""},
        {"language de", "de", ""},
        {"french chanson, language: de", "fr", "de"},
        // Several.
        {"korean rap with an english chorus", "en", "ko"},
        {"english rap with a korean chorus", "en", "en"},
        // Other vocal languages.
        {"a Swedish folk song", "", "sv"},
        {"Cantonese ballad", "", "yue"},
        {"latin pop", "", ""},
        // Instruments.
        {"a French horn melody", "fr", ""},
        {"spanish guitar and german lyrics", "es", "de"},
    };
    for (const auto& [text, official, recommended] : descriptions) {
        EXPECT_EQ(hints_in(text, Parity::official).language, official) << text;
        EXPECT_EQ(hints_in(text).language, recommended) << text;
    }
}

TEST(LmDescriptionHints, FindSongsWithoutVocals) {
    const struct {
        const char* text;
        bool official, recommended;
    } descriptions[] = {
        {"an Instrumental piece", true, true},
        {"instrumental", true, true},
        {"Pure Music for sleeping", true, true},
        {"pure instruments", true, true},
        {"piano solo", true, true},
        {"Solo", true, true},
        {"soloist", false, false},
        {"a song with vocals", false, false},
        {"", false, false},
        {"jazz without vocals", false, true},
        {"a piano solo.", false, true},
        {"a power ballad with a guitar solo", true, false},
        {"rock with an instrumental break", true, false},
        {"rock, instrumental intro", true, false},
        {"not instrumental, sung", true, false},
        {"not an instrumental", true, false},
        {"non-instrumental", true, false},
        {"instrumental intro, then all instrumental", true, true},
    };
    for (const auto& [text, official, recommended] : descriptions) {
        EXPECT_EQ(hints_in(text, Parity::official).instrumental, official) << text;
        EXPECT_EQ(hints_in(text).instrumental, recommended) << text;
    }
}

}  // namespace
}  // namespace acestep::lm
