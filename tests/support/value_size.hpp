/// How much memory a dynamic value takes: what tests hold against the decoder's limit.
#pragma once

#include <substrate/value.hpp>

namespace redoubt::tests {

/// Bytes that the value points to, without its own 16.
[[nodiscard]] inline std::size_t owned_bytes(const substrate::Value& value) {
    std::size_t out = 0;
    const auto text_bytes = [](const std::string& text) { return text.size() > 15 ? text.size() + 1 : 0; };
    if (const auto* text = value.as_text()) {
        out = sizeof(std::string) + text_bytes(*text);
    } else if (const auto* bytes = value.as_bytes()) {
        out = sizeof(Bytes) + bytes->size();
    } else if (const auto* bits = value.as_bits()) {
        out = sizeof(substrate::BitSequence) + bits->bits.size() / 8;
    } else if (const auto* list = value.as_list()) {
        out = sizeof(substrate::Value::List) + list->size() * sizeof(substrate::Value);
        for (const auto& element : *list) {
            out += owned_bytes(element);
        }
    } else if (const auto* fields = value.as_fields()) {
        out = sizeof(substrate::Value::Fields) + fields->size() * sizeof(substrate::NamedValue);
        for (const auto& field : *fields) {
            out += text_bytes(field.name) + owned_bytes(field.value);
        }
    } else if (const auto* variant = value.as_variant()) {
        out = sizeof(substrate::VariantValue) + text_bytes(variant->name) + owned_bytes(variant->fields);
    } else if (value.as_integer() && !value.as_u64()) {
        out = sizeof(substrate::Integer);
    }
    return out;
}

}  // namespace redoubt::tests
