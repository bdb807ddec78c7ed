/// What evidence says, as fields for people and programs. What identifies hardware (chip ids, PPID, the id of
/// a platform's quoting enclave) and whole certificates never appear.
#pragma once

#include <attestation/binding/binding_block.hpp>
#include <attestation/verdict.hpp>
#include <primitives/result.hpp>
#include <string>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// Every field of the claims of a verdict; an empty object for claims of none.
[[nodiscard]] Json fields_of(const attestation::Claims& claims);
/// Every field of a binding block. Keys are public.
[[nodiscard]] Json fields_of(const attestation::BindingBlock& block);

/// What a TLS certificate (RA-TLS) says beside its evidence: where the evidence stands, the digest of the
/// certificate's key, and what claims say of that. Nothing is verified. An empty object where no evidence can
/// be read.
[[nodiscard]] Json fields_of_certificate(ByteView certificate);

/// Decodes evidence without verifying anything: fields of its format, and under `claims` what it says.
/// @errors those of the type's decoder; kEvidenceTypeUnsupported for a type that this build does not decode
[[nodiscard]] Result<Json> decode_fields(attestation::EvidenceType type, ByteView evidence);

/// An object as lines for people: a nested object or list of objects is indented below its name.
[[nodiscard]] std::string to_lines(const Json& object);

}  // namespace redoubt::wallet
