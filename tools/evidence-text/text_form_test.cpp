#include <tools/evidence-text/text_form.hpp>

#include <gtest/gtest.h>

namespace redoubt::evidence_text {
namespace {

Bytes text(std::string_view value) {
    return to_bytes(bytes_of(value));
}

TEST(TextForm, is_undone_for_hexadecimal_digits_base64_and_pem) {
    const Bytes bytes{0x03, 0x00, 0xfb, 0xef, 0xff};
    for (const auto* form :
         {"0300fbefff", "0x0300FBEFFF\n", "03 00 fb ef\r\nff\n", "AwD77/8=", "AwD7\n7/8=\n", "AwD77_8",
          "AwD77_8=", "-----BEGIN EVIDENCE-----\nAwD77/8=\n-----END EVIDENCE-----\n",
          "# a quote\n-----BEGIN QUOTE-----\nAwD7\n7/8=\n-----END QUOTE-----\n"}) {
        EXPECT_EQ(decode_text_form(text(form)), bytes) << form;
    }
}

TEST(TextForm, is_none_where_a_byte_is_no_text) {
    for (const auto& bytes : {Bytes{0x03, 0x00}, Bytes{'A', 'A', 0x80, 'A'}, Bytes{}, text("{\"id\":\"1\"}"),
                              text(" \n"), text("AAAA|BBBB|CCCC"), text("A")}) {
        EXPECT_EQ(decode_text_form(bytes), bytes);
    }
}

}  // namespace
}  // namespace redoubt::evidence_text
