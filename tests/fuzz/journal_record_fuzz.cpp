// Sealed journal parts: arbitrary bytes are refused and leave the reader usable; so are altered genuine
// parts.
#include <cstdint>
#include <enclave/journal.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    static const auto key = crypto::SecretBytes<32>{};
    static const auto genuine = [] {
        enclave::JournalEntry entry;
        entry.changes[Bytes{1}] = Bytes(64, 2);
        return enclave::seal_record(key, {}, {}, true, entry).value().parts.front();
    }();
    enclave::JournalReader reader{key, {}};
    REDOUBT_ASSERT(!reader.take(1, ByteView{data, size}));
    if (size >= 3) {
        auto altered = genuine;
        altered[(data[0] | (data[1] << 8)) % altered.size()] ^= data[2];
        REDOUBT_ASSERT(data[2] == 0 || !reader.take(1, altered));
    }
    REDOUBT_ASSERT(reader.take(1, genuine).has_value());
    static_cast<void>(scale::decode<enclave::JournalEntry>(ByteView{data, size}));
    return 0;
}
