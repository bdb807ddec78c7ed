/// What a Nitro entry of vectors/attestation/INDEX.json hands to the verifier.
#pragma once

#include <attestation/digest.hpp>
#include <attestation/nitro/verifier.hpp>
#include <tests/vectors/attestation_support.hpp>

namespace redoubt::attestation::vectors {

struct NitroCase {
    Bytes document;
    TrustRoots roots;
    VerificationTime time;

    [[nodiscard]] Verdict appraise() const {
        return nitro::verify_document(document, {.time = time, .roots = roots});
    }
};

inline bool is_nitro(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("nitro-doc");
}

inline NitroCase nitro_case(const Index& index, const json& entry) {
    return {.document = index.bytes(entry, "document"),
            .roots = TrustRoots::with_nitro_root(sha2_256({index.bytes(entry, "trust_anchor")})),
            .time = {entry.at("verify_at").get<std::int64_t>()}};
}

}  // namespace redoubt::attestation::vectors
