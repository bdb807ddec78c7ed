#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/streaming_hash.hpp>

namespace redoubt::crypto {
namespace {

// The sizes lie around BLAKE2b's block of 128 bytes.
TEST(Blake2b256Stream, gives_the_hash_of_the_whole_however_it_is_cut) {
    for (const std::size_t size : {0U, 1U, 127U, 128U, 129U, 255U, 256U, 257U, 5'000U}) {
        Bytes input(size);
        for (std::size_t i = 0; i < size; ++i) {
            input[i] = static_cast<std::uint8_t>(i * 31);
        }
        for (const std::size_t piece : {1U, 7U, 128U, 6'000U}) {
            Blake2b256Stream stream;
            for (ByteView rest = input; !rest.empty();) {
                const auto taken = std::min(piece, rest.size());
                stream.add(rest.first(taken));
                rest = rest.subspan(taken);
            }
            EXPECT_EQ(stream.finish(), blake2b_256(input)) << size << " bytes in pieces of " << piece;
        }
    }
}

TEST(Blake2b256Stream, adds_nothing_with_an_empty_piece) {
    Blake2b256Stream stream;
    stream.add({});
    stream.add(bytes_of("abc"));
    stream.add({});
    EXPECT_EQ(stream.finish(), blake2b_256(bytes_of("abc")));
}

}  // namespace
}  // namespace redoubt::crypto
