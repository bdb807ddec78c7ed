#include <attestation/bundle/bundle.hpp>

#include <attestation/bundle/endorsement_codec.hpp>
#include <attestation/json/json_bytes.hpp>
#include <attestation/json/json_cursor.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/crypto/constant_time.hpp>
#include <primitives/hex.hpp>
#include <primitives/json_string.hpp>

namespace redoubt::attestation {
namespace {

Result<std::vector<Hash256>> read_path(JsonCursor& value) {
    std::vector<Hash256> out;
    const auto read_hash = [&](JsonCursor& element) -> Result<void> {
        if (out.size() == kNonceProofHashesMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(const auto bytes, read_hex(element, Hash256::kSize));
        if (bytes.size() != Hash256::kSize) {
            return Reason::kMalformed;
        }
        out.push_back(Hash256::copy_of(std::span<const std::uint8_t, Hash256::kSize>{bytes}));
        return success();
    };
    BOOST_OUTCOME_TRY(value.read_array(read_hash));
    return out;
}

Result<ProvenNonce> read_nonce_proof(JsonCursor& value) {
    ProvenNonce out;
    std::size_t members = 0;
    const auto read_member = [&](std::string_view name, JsonCursor& member) -> Result<void> {
        ++members;
        if (name == "nonce") {
            BOOST_OUTCOME_TRY(out.nonce, read_hex(member, kNonceBytesMax));
        } else if (name == "index") {
            BOOST_OUTCOME_TRY(const auto index, member.read_unsigned(kNoncesMax - 1));
            out.proof.index = static_cast<std::uint32_t>(index);
        } else if (name == "count") {
            BOOST_OUTCOME_TRY(const auto count, member.read_unsigned(kNoncesMax));
            out.proof.count = static_cast<std::uint32_t>(count);
        } else if (name == "path") {
            BOOST_OUTCOME_TRY(out.proof.path, read_path(member));
        } else {
            return Reason::kJsonMalformed;
        }
        return success();
    };
    BOOST_OUTCOME_TRY(value.read_object(read_member));
    if (members != 4) {
        return Reason::kJsonMalformed;
    }
    BOOST_OUTCOME_TRY(root_of_proof(out.nonce, out.proof));
    return out;
}

/// The members as they stand; what endorsements mean depends on the type, wherever it stands.
struct Members {
    std::string format;
    std::optional<std::string> type;
    std::optional<Bytes> evidence;
    std::optional<std::string_view> endorsements;
    std::optional<Bytes> binding_block;
    std::optional<ProvenNonce> nonce_proof;
};

Result<Members> read_members(std::string_view json) {
    Members out;
    JsonCursor cursor{json};
    const auto read_member = [&](std::string_view name, JsonCursor& value) -> Result<void> {
        if (name == "format") {
            BOOST_OUTCOME_TRY(out.format, value.read_string());
        } else if (name == "type") {
            BOOST_OUTCOME_TRY(out.type, value.read_string());
        } else if (name == "evidence") {
            BOOST_OUTCOME_TRY(out.evidence, read_base64(value, kEvidenceBytesMax));
        } else if (name == "endorsements") {
            BOOST_OUTCOME_TRY(out.endorsements, value.skip_value());
        } else if (name == "binding_block") {
            BOOST_OUTCOME_TRY(out.binding_block, read_base64(value, kBindingBlockBytesMax));
        } else if (name == "nonce_proof") {
            BOOST_OUTCOME_TRY(out.nonce_proof, read_nonce_proof(value));
        } else {
            return Reason::kJsonMalformed;
        }
        return success();
    };
    BOOST_OUTCOME_TRY(cursor.read_object(read_member));
    BOOST_OUTCOME_TRY(cursor.expect_end());
    return out;
}

std::string proof_text(const ProvenNonce& proven) {
    auto out = R"({"nonce":")" + to_hex(proven.nonce) + R"(","index":)" + std::to_string(proven.proof.index) +
               R"(,"count":)" + std::to_string(proven.proof.count) + R"(,"path":[)";
    for (std::size_t i = 0; i < proven.proof.path.size(); ++i) {
        out.append(i == 0 ? "\"" : ",\"").append(to_hex(proven.proof.path[i].view())).append("\"");
    }
    return out + "]}";
}

}  // namespace

Result<Bundle> parse_bundle(std::string_view json) {
    if (json.size() > kBundleBytesMax) {
        return Reason::kLimitExceeded;
    }
    BOOST_OUTCOME_TRY(auto members, read_members(json));
    if (members.format != kBundleFormat || !members.type || !members.evidence) {
        return Reason::kJsonMalformed;
    }
    const auto type = evidence_type_named(*members.type);
    if (!type) {
        return Reason::kEvidenceTypeUnsupported;
    }
    if (members.nonce_proof && !members.binding_block) {
        return Reason::kBindMalformed;
    }
    Bundle out{.type = *type,
               .evidence = std::move(*members.evidence),
               .endorsements = {},
               .binding_block = std::move(members.binding_block),
               .nonce_proof = std::move(members.nonce_proof)};
    if (members.endorsements) {
        BOOST_OUTCOME_TRY(out.endorsements, parse_endorsements(*type, *members.endorsements));
    }
    return out;
}

std::string encode(const Bundle& bundle) {
    auto out = R"({"format":)" + json_string(kBundleFormat) + R"(,"type":)" +
               json_string(evidence_name(bundle.type)) + R"(,"evidence":")" +
               x509::encode_base64(bundle.evidence) + "\"";
    if (const auto endorsements = encode(bundle.endorsements); !endorsements.empty()) {
        out += R"(,"endorsements":)" + endorsements;
    }
    if (bundle.binding_block) {
        out += R"(,"binding_block":")" + x509::encode_base64(*bundle.binding_block) + "\"";
    }
    if (bundle.nonce_proof) {
        out += R"(,"nonce_proof":)" + proof_text(*bundle.nonce_proof);
    }
    return out + "}";
}

Result<BindingBlock> open_binding(const Bundle& bundle, BindingProfile profile, ByteView report_data) {
    if (!bundle.binding_block) {
        return Reason::kBindMissing;
    }
    BOOST_OUTCOME_TRY(auto block, open_binding_block(*bundle.binding_block, profile, report_data));
    if (bundle.nonce_proof) {
        const auto& proven = *bundle.nonce_proof;
        BOOST_OUTCOME_TRY(const auto root, root_of_proof(proven.nonce, proven.proof));
        if (!crypto::constant_time_equal(root.view(), block.nonce)) {
            return Reason::kPolicyNonce;
        }
        block.nonce = proven.nonce;
    }
    return block;
}

}  // namespace redoubt::attestation
