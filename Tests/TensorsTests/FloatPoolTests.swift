import Dispatch
import Kernels
import Testing

@Suite struct FloatPoolTests {
    private let large = 1 << 20

    @Test func whatIsGivenBackServesTheNextOfThatSize() {
        let pool = FloatPool()
        let first = pool.allocate(large)
        pool.deallocate(first, count: large)
        // In whole pages.
        let second = pool.allocate(large - 100)
        #expect(second == first)
        let third = pool.allocate(large)
        #expect(third != first)
        pool.deallocate(second, count: large - 100)
        pool.deallocate(third, count: large)
        #expect(pool.footprint == 2 * large * 4)
    }

    @Test func neighboursServeOthersOfAnySize() {
        let pool = FloatPool()
        let whole = pool.allocate(4 * large)
        pool.deallocate(whole, count: 4 * large)
        let quarters = (0..<4).map { _ in pool.allocate(large) }
        #expect(quarters == (0..<4).map { whole + $0 * large })
        #expect(pool.footprint == 4 * large * 4)
        for quarter in [2, 0, 3, 1].map({ quarters[$0] }) { pool.deallocate(quarter, count: large) }
        let again = pool.allocate(4 * large)
        #expect(again == whole)
        pool.deallocate(again, count: 4 * large)
    }

    @Test func whatIsLeftOfAShrunkBlockServesOthers() {
        let pool = FloatPool()
        let whole = pool.allocate(4 * large)
        whole.update(repeating: 7, count: 4 * large)
        pool.shrink(whole, count: 4 * large, to: large)
        let rest = pool.allocate(3 * large)
        rest.update(repeating: 0, count: 3 * large)
        #expect(rest == whole + large)
        #expect((0..<large).allSatisfy { whole[$0] == 7 })
        // Fewer floats than blocks of their own have.
        pool.shrink(whole, count: large, to: 3)
        pool.deallocate(whole, count: 3)
        pool.deallocate(rest, count: 3 * large)
        let again = pool.allocate(4 * large)
        #expect(again == whole)
        pool.deallocate(again, count: 4 * large)
    }

    @Test func betweenNetworksLittleIsKept() {
        let pool = FloatPool()
        let (held, whole) = (pool.allocate(large), pool.allocate(40 * large))
        held.update(repeating: 3, count: large)
        whole.update(repeating: 5, count: 40 * large)
        pool.deallocate(whole, count: 40 * large)
        #expect(pool.footprint == 41 * large * 4)
        pool.giveBack()
        #expect(pool.footprint == (large + (1 << 24)) * 4)
        #expect((0..<large).allSatisfy { held[$0] == 3 })
        // And it grows again.
        let again = pool.allocate(40 * large)
        #expect(pool.footprint == 41 * large * 4)
        pool.deallocate(again, count: 40 * large)
        pool.deallocate(held, count: large)
        #expect(pool.footprint == 41 * large * 4)
    }

    /// As much as ever was in use, and no more, is kept, whatever the sizes.
    @Test func keepingCostsNothingAtThePeak() {
        let pool = FloatPool()
        var used: [(UnsafeMutablePointer<Float>, Int)] = []
        var (most, now) = (0, 0)
        for i in 0..<200 {
            if i % 3 == 2 {
                let (base, count) = used.removeFirst()
                pool.deallocate(base, count: count)
                now -= count
            } else {
                let count = (1 << 14) << (i % 7)
                let base = pool.allocate(count)
                base.update(repeating: Float(i), count: count)
                used.append((base, count))
                now += count
                most = max(most, now)
            }
            #expect(pool.footprint <= most * 4 && pool.footprint >= now * 4)
        }
        for (base, count) in used {
            let value = base[0]
            let isUntouched = (0..<count).allSatisfy { base[$0] == value }
            #expect(isUntouched)
            pool.deallocate(base, count: count)
        }
    }

    @Test func threadsDoNotShareBlocks() {
        let pool = FloatPool()
        DispatchQueue.concurrentPerform(iterations: 64) { i in
            let count = i % 2 == 0 ? 20_000 : 100
            for _ in 0..<20 {
                let base = pool.allocate(count)
                base.update(repeating: Float(i), count: count)
                let isOwn = (0..<count).allSatisfy { base[$0] == Float(i) }
                #expect(isOwn)
                pool.deallocate(base, count: count)
            }
        }
    }
}
