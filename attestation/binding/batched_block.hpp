/// The binding block of evidence that was made for many callers at once (nonce_tree.hpp), as one of them
/// checks it.
///
/// @source docs/PROTOCOL.md, "Evidence"
#pragma once

#include <attestation/binding/binding_block.hpp>
#include <attestation/binding/nonce_tree.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation {

/// open_binding_block() with the default profile, for a block whose nonce is a root that the caller's nonce
/// is under. A block that was made for one caller alone is refused: which of both it is, the context fixes.
/// @param nonce        the caller's own
/// @param report_data  of a verified verdict
/// @return the block, with the caller's nonce in place of the root
/// @errors kBindMalformed, kBindReportDataMismatch; kPolicyNonce when the nonce is not under the root
[[nodiscard]] Result<BindingBlock> open_batched_block(ByteView block,
                                                      const NonceProof& proof,
                                                      ByteView nonce,
                                                      ByteView report_data);

}  // namespace redoubt::attestation
