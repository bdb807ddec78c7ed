#include <tools/devchain/runtime/context.hpp>
#include <tools/devchain/runtime/runtime_call.hpp>

namespace redoubt::devchain {

void EventLog::append(ByteView record, std::span<const Hash256> topics) {
    redoubt::append(records_, record);
    for (const auto& topic : topics) {
        topics_.emplace_back(topic, count_);
    }
    ++count_;
}

void EventLog::cut(const Mark& mark) {
    records_.resize(mark.bytes);
    topics_.resize(mark.topics);
    count_ = mark.count;
}

Bytes EventLog::encoded() const {
    Bytes out;
    scale::append_compact(out, count_);
    redoubt::append(out, records_);
    return out;
}

void Context::append(ByteView record, std::span<const Hash256> topics) {
    if (number_ != 0) {
        events_.append(record, topics);
    }
}

Dispatched<PostDispatch> Context::dispatch(const RuntimeCall& call, const Origin& origin) {
    return in_layer([&] { return call.body().run(*this, origin); });
}

}  // namespace redoubt::devchain
