// Metadata from anywhere: decoding, and everything that is then asked of it, never crashes.
#include <substrate/dynamic_codec.hpp>
#include <substrate/metadata.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/runtime_version.hpp>
#include <substrate/signing.hpp>
#include <substrate/storage_key.hpp>

using namespace redoubt;             // NOLINT: a fuzz target is one function
using namespace redoubt::substrate;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto decoded = Metadata::decode({data, size});
    if (!decoded) {
        return 0;
    }
    const auto& metadata = decoded.value();
    REDOUBT_ASSERT(metadata.version() >= 14 && metadata.version() <= 16);
    for (const auto& pallet : metadata.pallets()) {
        REDOUBT_ASSERT(metadata.find_pallet(pallet.name) == &pallet);
        REDOUBT_ASSERT(metadata.pallet_by_index(pallet.index) == &pallet);
        // Hostile types meet hostile values here.
        for (const auto& constant : pallet.constants) {
            const auto value = decode_value(metadata.types(), constant.type, constant.value);
            Bytes encoded;
            REDOUBT_ASSERT(!value ||
                           encode_value(metadata.types(), constant.type, value.value(), encoded).has_value());
        }
        for (const auto& entry : pallet.storage) {
            ByteCursor in{entry.default_value};
            static_cast<void>(skip_value(metadata.types(), entry.value, in));
            static_cast<void>(key_part_types(metadata.types(), entry));
        }
    }
    static_cast<void>(runtime_version(metadata));
    static_cast<void>(metadata_hash(metadata, {}));
    static_cast<void>(unsupported_extension(metadata));
    static_cast<void>(metadata.event_type());
    return 0;
}
