#include <primitives/crypto/merlin.hpp>

#include <primitives/crypto/keccak.hpp>
#include <primitives/result.hpp>

#include <sodium.h>

namespace redoubt::crypto {
namespace {

constexpr std::uint8_t kRate = 166;
constexpr std::uint8_t kFlagI = 1;
constexpr std::uint8_t kFlagA = 2;
constexpr std::uint8_t kFlagC = 4;
constexpr std::uint8_t kFlagM = 16;
constexpr std::uint8_t kFlagK = 32;

std::array<std::uint8_t, 4> le32(std::size_t value) {
    REDOUBT_ASSERT(value <= UINT32_MAX);
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
            static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
}

}  // namespace

Strobe128::Strobe128(std::string_view protocol_label) {
    constexpr std::array<std::uint8_t, 6> kDomain{1, kRate + 2, 1, 0, 1, 96};
    constexpr std::string_view kVersion = "STROBEv1.0.2";
    for (std::size_t i = 0; i < kDomain.size(); ++i) {
        xor_byte(i, kDomain[i]);
    }
    for (std::size_t i = 0; i < kVersion.size(); ++i) {
        xor_byte(kDomain.size() + i, static_cast<std::uint8_t>(kVersion[i]));
    }
    detail::keccak_f1600(state_);
    meta_ad(bytes_of(protocol_label), false);
}

Strobe128::~Strobe128() {
    sodium_memzero(state_.data(), sizeof state_);
}

std::uint8_t Strobe128::state_byte(std::size_t at) const noexcept {
    return static_cast<std::uint8_t>(state_[at / 8] >> (8 * (at % 8)));
}

void Strobe128::xor_byte(std::size_t at, std::uint8_t byte) noexcept {
    state_[at / 8] ^= static_cast<std::uint64_t>(byte) << (8 * (at % 8));
}

void Strobe128::run_f() {
    xor_byte(position_, position_begin_);
    xor_byte(position_ + std::size_t{1}, 0x04);
    xor_byte(kRate + 1, 0x80);
    detail::keccak_f1600(state_);
    position_ = 0;
    position_begin_ = 0;
}

void Strobe128::absorb_byte(std::uint8_t byte) {
    xor_byte(position_, byte);
    if (++position_ == kRate) {
        run_f();
    }
}

void Strobe128::absorb(ByteView data) {
    for (const auto byte : data) {
        absorb_byte(byte);
    }
}

void Strobe128::begin_operation(std::uint8_t flags, bool more) {
    if (more) {
        REDOUBT_ASSERT(flags == flags_);
        return;
    }
    const auto old_begin = position_begin_;
    position_begin_ = static_cast<std::uint8_t>(position_ + 1);
    flags_ = flags;
    absorb_byte(old_begin);
    absorb_byte(flags);
    if ((flags & (kFlagC | kFlagK)) != 0 && position_ != 0) {
        run_f();
    }
}

void Strobe128::meta_ad(ByteView data, bool more) {
    begin_operation(kFlagM | kFlagA, more);
    absorb(data);
}

void Strobe128::ad(ByteView data, bool more) {
    begin_operation(kFlagA, more);
    absorb(data);
}

void Strobe128::prf(std::span<std::uint8_t> out) {
    begin_operation(kFlagI | kFlagA | kFlagC, false);
    for (auto& byte : out) {
        byte = state_byte(position_);
        xor_byte(position_, byte);
        if (++position_ == kRate) {
            run_f();
        }
    }
}

void Strobe128::key(ByteView data) {
    begin_operation(kFlagA | kFlagC, false);
    for (const auto byte : data) {
        xor_byte(position_, state_byte(position_));
        absorb_byte(byte);
    }
}

Transcript::Transcript(std::string_view protocol_label) : strobe_("Merlin v1.0") {
    append_message("dom-sep", bytes_of(protocol_label));
}

void Transcript::append_message(std::string_view label, ByteView message) {
    strobe_.meta_ad(bytes_of(label), false);
    strobe_.meta_ad(le32(message.size()), true);
    strobe_.ad(message, false);
}

void Transcript::append_u64(std::string_view label, std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    append_message(label, bytes);
}

void Transcript::challenge_bytes(std::string_view label, std::span<std::uint8_t> out) {
    strobe_.meta_ad(bytes_of(label), false);
    strobe_.meta_ad(le32(out.size()), true);
    strobe_.prf(out);
}

FixedBytes<32> Transcript::challenge_scalar(std::string_view label) {
    std::array<std::uint8_t, 64> wide{};
    challenge_bytes(label, wide);
    FixedBytes<32> out;
    crypto_core_ristretto255_scalar_reduce(out.data(), wide.data());
    wipe(wide);
    return out;
}

void Transcript::witness_bytes(std::string_view label,
                               std::span<std::uint8_t> out,
                               ByteView secret_seed,
                               const SecretBytes<32>& randomness) const {
    Strobe128 strobe = strobe_;
    strobe.meta_ad(bytes_of(label), false);
    strobe.meta_ad(le32(secret_seed.size()), true);
    strobe.key(secret_seed);
    strobe.meta_ad(bytes_of("rng"), false);
    strobe.key(randomness.expose());
    strobe.meta_ad(le32(out.size()), false);
    strobe.prf(out);
}

}  // namespace redoubt::crypto
