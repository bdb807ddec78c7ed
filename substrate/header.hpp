/// Block headers and their digest items.
///
/// Nothing here says that a header is finalized or even sealed; see seal.hpp for authorship.
///
/// @source light-client.md section 6.1
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <substrate/errors.hpp>
#include <vector>

namespace redoubt::substrate {

inline constexpr std::size_t kHeaderBytesMax = 512 * 1024;
inline constexpr std::size_t kDigestItemsMax = 64;

/// A consensus engine, four ASCII characters.
using EngineId = std::array<std::uint8_t, 4>;
inline constexpr EngineId kBabeEngine{'B', 'A', 'B', 'E'};
inline constexpr EngineId kAuraEngine{'a', 'u', 'r', 'a'};
inline constexpr EngineId kGrandpaEngine{'F', 'R', 'N', 'K'};

/// The values are the tags on the wire.
enum class DigestKind : std::uint8_t {
    kOther = 0,
    kConsensus = 4,
    kSeal = 5,
    kPreRuntime = 6,
    kRuntimeEnvironmentUpdated = 8,
};

struct DigestItem {
    DigestKind kind = DigestKind::kOther;
    EngineId engine{};  ///< of consensus, seal and pre-runtime items
    Bytes data;         ///< empty for kRuntimeEnvironmentUpdated
    bool operator==(const DigestItem&) const = default;
};

struct Header {
    Hash256 parent_hash;
    std::uint32_t number = 0;
    Hash256 state_root;
    Hash256 extrinsics_root;
    std::vector<DigestItem> digest;
    bool operator==(const Header&) const = default;

    /// True when the block changed the runtime code or heap pages.
    [[nodiscard]] bool updates_runtime() const noexcept;
};

/// @errors HeaderError::kTooLarge, kTooManyItems; DecodeError
[[nodiscard]] Result<Header> decode_header(ByteView input);
/// Reads a header out of a longer sequence. @errors as decode_header
[[nodiscard]] Result<Header> read_header(ByteCursor& in);
/// Decodes one digest item, as the logs of a JSON header hold them. @errors DecodeError
[[nodiscard]] Result<DigestItem> decode_digest_item(ByteView input);
/// The bytes that decode_header reads.
[[nodiscard]] Bytes encode(const Header& header);
[[nodiscard]] Bytes encode(const DigestItem& item);
/// BLAKE2b-256 of the encoded header, seal included: the block hash.
[[nodiscard]] Hash256 header_hash(ByteView encoded);
[[nodiscard]] Hash256 header_hash(const Header& header);

}  // namespace redoubt::substrate
