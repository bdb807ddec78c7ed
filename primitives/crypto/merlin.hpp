/// Merlin transcripts: a sponge that binds labelled messages and gives challenges. STROBE-128 inside.
///
/// @source light-client.md, section 5.1; merlin.cool; STROBE v1.0.2
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>

#include <string_view>

namespace redoubt::crypto {

/// The STROBE-128 operations that Merlin needs, over Keccak-f[1600] at a rate of 166 bytes.
/// Not a general STROBE: no transport, no key agreement.
class Strobe128 {
  public:
    explicit Strobe128(std::string_view protocol_label);
    Strobe128(const Strobe128&) = default;
    Strobe128& operator=(const Strobe128&) = default;
    ~Strobe128();

    void meta_ad(ByteView data, bool more);
    void ad(ByteView data, bool more);
    void prf(std::span<std::uint8_t> out);
    void key(ByteView data);

  private:
    void begin_operation(std::uint8_t flags, bool more);
    void absorb(ByteView data);
    void absorb_byte(std::uint8_t byte);
    void run_f();
    [[nodiscard]] std::uint8_t state_byte(std::size_t at) const noexcept;
    void xor_byte(std::size_t at, std::uint8_t byte) noexcept;

    std::array<std::uint64_t, 25> state_{};
    std::uint8_t position_ = 0;
    std::uint8_t position_begin_ = 0;
    std::uint8_t flags_ = 0;
};

/// A transcript. Copying forks it.
class Transcript {
  public:
    explicit Transcript(std::string_view protocol_label);

    /// @pre the message is shorter than 2^32 bytes
    void append_message(std::string_view label, ByteView message);
    /// The number as 8 bytes, little-endian.
    void append_u64(std::string_view label, std::uint64_t value);

    void challenge_bytes(std::string_view label, std::span<std::uint8_t> out);
    /// 64 challenge bytes as a little-endian number modulo the order of ristretto255.
    [[nodiscard]] FixedBytes<32> challenge_scalar(std::string_view label);

    /// Private bytes that depend on the transcript, the secret seed and `randomness`; the transcript itself
    /// stays as it is.
    void witness_bytes(std::string_view label,
                       std::span<std::uint8_t> out,
                       ByteView secret_seed,
                       const SecretBytes<32>& randomness) const;

  private:
    Strobe128 strobe_;
};

}  // namespace redoubt::crypto
