#include <stf/types/bytes_wrapping.hpp>
#include <stf/types/getter.hpp>

namespace redoubt::stf {

namespace {

template <class Alternative>
const AccountId& first_account(const Alternative& alternative) {
    const auto& first = alternative.*std::get<0>(Alternative::kScaleFields);
    if constexpr (std::same_as<std::remove_cvref_t<decltype(first)>, AccountId>) {
        return first;
    } else {
        return std::visit([](const auto& inner) -> const AccountId& { return first_account(inner); },
                          first.value);
    }
}

}  // namespace

const AccountId& owner_of(const TrustedGetter& getter) {
    return std::visit([](const auto& alternative) -> const AccountId& { return first_account(alternative); },
                      getter.value);
}

Bytes signing_payload(const TrustedGetter& getter) {
    return scale::encode(getter);
}

bool verify(const TrustedGetterSigned& getter) {
    const auto& signer = getter.delegate ? *getter.delegate : owner_of(getter.getter);
    return verify_plain_or_wrapped(getter.signature, signer, signing_payload(getter.getter));
}

}  // namespace redoubt::stf
