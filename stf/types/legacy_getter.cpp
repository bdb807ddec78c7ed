#include <stf/types/bytes_wrapping.hpp>
#include <stf/types/legacy_getter.hpp>

namespace redoubt::stf::legacy {

Result<TrustedGetterSigned> decode_getter(ByteView bytes) {
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto tag, in.take_byte());
    if (tag != 1) {
        return DecodeError::kBadTag;
    }
    BOOST_OUTCOME_TRY(auto getter, scale::read<TrustedGetterSigned>(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    return getter;
}

const AccountId& owner_of(const TrustedGetter& getter) {
    return std::visit([](const auto& alternative) -> const AccountId& { return alternative.account; },
                      getter.value);
}

bool verify(const TrustedGetterSigned& getter) {
    return verify_plain_or_wrapped(getter.signature, owner_of(getter.getter), scale::encode(getter.getter));
}

}  // namespace redoubt::stf::legacy
