#include <primitives/crypto/hashing.hpp>

#include <gtest/gtest.h>

#include <primitives/hex.hpp>

namespace redoubt::crypto {
namespace {

/// The input of BLAKE3's published vectors: 0, 1, … 250, 0, 1, …
Bytes counting_bytes(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) {
        out[i] = static_cast<std::uint8_t>(i % 251);
    }
    return out;
}

std::string blake3_hex(std::size_t size) {
    return to_hex(blake3_256(counting_bytes(size)).view());
}

// github.com/BLAKE3-team/BLAKE3, test_vectors/test_vectors.json, field "hash", first 32 bytes.
TEST(Blake3, returns_the_published_hashes_around_block_and_chunk_ends) {
    EXPECT_EQ(blake3_hex(0), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    EXPECT_EQ(blake3_hex(1), "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213");
    EXPECT_EQ(blake3_hex(63), "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b");
    EXPECT_EQ(blake3_hex(64), "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98");
    EXPECT_EQ(blake3_hex(65), "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee");
    EXPECT_EQ(blake3_hex(1023), "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11");
    EXPECT_EQ(blake3_hex(1024), "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7");
    EXPECT_EQ(blake3_hex(1025), "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444");
    EXPECT_EQ(blake3_hex(2048), "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a");
    EXPECT_EQ(blake3_hex(2049), "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030");
    EXPECT_EQ(blake3_hex(3072), "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2");
    EXPECT_EQ(blake3_hex(3073), "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3");
    EXPECT_EQ(blake3_hex(4096), "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969");
    EXPECT_EQ(blake3_hex(5121), "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff");
    EXPECT_EQ(blake3_hex(8193), "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b");
    EXPECT_EQ(blake3_hex(31744), "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47");
}

// FIPS 180-4 and Keccak's own known answers for the empty text.
TEST(Hashing, returns_the_known_hashes_of_nothing) {
    EXPECT_EQ(to_hex(sha2_256({}).view()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(keccak_256({}).view()),
              "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(to_hex(blake2b_256({}).view()),
              "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(to_hex(twox_64({}).view()), "99e9d85137db46ef");
}

// 136 bytes fill Keccak's rate exactly; the padding then takes a block of its own.
TEST(Hashing, keccak_takes_inputs_that_fill_its_rate) {
    EXPECT_EQ(to_hex(keccak_256(Bytes(135, 0)).view()),
              "29e3704feeca7fb9ba229f0fa04d9b36449cf3ad6e1d85d9cfff3a10df9abc3e");
    EXPECT_EQ(to_hex(keccak_256(Bytes(136, 0)).view()),
              "3a5912a7c5faa06ee4fe906253e339467a9ce87d533c65be3c15cb231cdb25f9");
}

}  // namespace
}  // namespace redoubt::crypto
