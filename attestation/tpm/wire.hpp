/// How the TPM writes numbers and sized buffers: big-endian, with a length of 16 bits.
///
/// @source TPM 2.0 Library part 2, section 10.4
#pragma once

#include <attestation/reason.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/result.hpp>

#include <cstdint>

namespace redoubt::attestation::tpm {

/// @errors kTpmMalformed: the input ends
template <class Integer>
[[nodiscard]] Result<Integer> take_be(ByteCursor& in) {
    const auto bytes = in.take(sizeof(Integer));
    if (!bytes) {
        return Reason::kTpmMalformed;
    }
    std::uint64_t out = 0;
    for (const auto byte : bytes.value()) {
        out = (out << 8U) | byte;
    }
    return static_cast<Integer>(out);
}

/// @errors kTpmMalformed: longer than `max`, or the input ends
[[nodiscard]] inline Result<ByteView> take_sized(ByteCursor& in, std::size_t max) {
    BOOST_OUTCOME_TRY(const auto size, take_be<std::uint16_t>(in));
    const auto bytes = size > max ? Result<ByteView>{Reason::kTpmMalformed} : in.take(size);
    if (!bytes) {
        return Reason::kTpmMalformed;
    }
    return bytes.value();
}

}  // namespace redoubt::attestation::tpm
