#include <gtest/gtest.h>

#include <stf/state.hpp>
#include <tests/support/memory_state.hpp>

namespace redoubt::stf {
namespace {

const Bytes kKey{1};
const Bytes kOther{2};

TEST(Overlay, returns_the_newest_layer_and_leaves_the_base_alone) {
    const MemoryState state{{{kKey, {10}}}};
    Overlay overlay{state};
    EXPECT_EQ(overlay.get(kKey), Bytes{10});
    overlay.put(kKey, {11});
    overlay.begin();
    overlay.remove(kKey);
    EXPECT_EQ(overlay.get(kKey), std::nullopt);
    overlay.drop();
    EXPECT_EQ(overlay.get(kKey), Bytes{11});
    EXPECT_EQ(state.get(kKey), Bytes{10});
}

TEST(Overlay, commits_a_layer_into_the_one_below) {
    const MemoryState state{{{kKey, {10}}}};
    Overlay overlay{state};
    overlay.begin();
    overlay.put(kOther, {1});
    overlay.begin();
    overlay.remove(kKey);
    overlay.commit();
    overlay.commit();
    const auto changes = overlay.take_changes();
    EXPECT_EQ(changes, (Changes{{kKey, std::nullopt}, {kOther, Bytes{1}}}));
}

TEST(Overlay, visits_keys_with_a_prefix_as_all_layers_have_them) {
    const MemoryState state{{{{1, 1}, {10}}, {{1, 3}, {30}}, {{1, 5}, {50}}, {{2}, {0}}}};
    Overlay overlay{state};
    overlay.put(Bytes{1, 0}, {1});
    overlay.put(Bytes{1, 3}, {31});
    overlay.begin();
    overlay.put(Bytes{1, 4}, {40});
    overlay.remove(Bytes{1, 5});
    overlay.put(Bytes{1, 9}, {90});
    overlay.put(Bytes{2, 0}, {99});
    std::map<Bytes, Bytes> seen;
    std::vector<Bytes> order;
    overlay.for_each(Bytes{1}, [&](ByteView key, ByteView value) {
        seen[to_bytes(key)] = to_bytes(value);
        order.push_back(to_bytes(key));
        return true;
    });
    EXPECT_EQ(seen, (std::map<Bytes, Bytes>{
                        {{1, 0}, {1}}, {{1, 1}, {10}}, {{1, 3}, {31}}, {{1, 4}, {40}}, {{1, 9}, {90}}}));
    EXPECT_TRUE(std::ranges::is_sorted(order));
    order.clear();
    overlay.for_each(Bytes{1}, [&](ByteView key, ByteView) {
        order.push_back(to_bytes(key));
        return order.size() < 2;
    });
    EXPECT_EQ(order.size(), 2U);
}

}  // namespace
}  // namespace redoubt::stf
