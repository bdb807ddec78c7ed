#include <primitives/scale.hpp>

#include <array>
#include <string_view>
#include <tools/devchain/runtime/validity.hpp>

namespace redoubt::devchain {
namespace {

// The texts of sp_runtime, which clients match on.
constexpr std::array<std::string_view, 13> kInvalidTexts{
    "Transaction call is not expected",
    "Inability to pay some fees (e.g. account balance too low)",
    "Transaction will be valid in the future",
    "Transaction is outdated",
    "Transaction has a bad signature",
    "Transaction has an ancient birth block",
    "Transaction would exhaust the block limits",
    "InvalidTransaction custom error",
    "A call was labelled as mandatory, but resulted in an Error.",
    "Transaction dispatch is mandatory; transactions must not be validated.",
    "Invalid signing address",
    "The implicit data was unable to be calculated",
    "The transaction extension did not authorize any origin",
};
constexpr std::array<std::string_view, 2> kUnknownTexts{
    "Could not lookup information required to validate the transaction",
    "Could not find an unsigned validator for the unsigned transaction",
};

}  // namespace

std::string TransactionValidityError::describe() const {
    return std::string{is_unknown_ ? kUnknownTexts.at(code_) : kInvalidTexts.at(code_)};
}

void TransactionValidityError::encode(Bytes& out) const {
    out.push_back(is_unknown_ ? 1 : 0);
    out.push_back(code_);
}

Bytes encode(const Validity& validity) {
    Bytes out;
    if (!validity) {
        out.push_back(1);
        validity.error().encode(out);
        return out;
    }
    const auto& valid = validity.value();
    out.push_back(0);
    scale::encode_scale(out, valid.priority);
    scale::encode_scale(out, valid.requires_tags);
    scale::encode_scale(out, valid.provides_tags);
    scale::encode_scale(out, valid.longevity);
    scale::encode_scale(out, valid.propagate);
    return out;
}

}  // namespace redoubt::devchain
