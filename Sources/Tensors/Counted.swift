/// "1 tensor", "3 tensors": what a message counts.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// The same with its verb: "1 tensor is", "3 tensors are".
package func counted(_ count: Int, _ noun: String, _ ofOne: String, _ ofSeveral: String) -> String {
    "\(counted(count, noun)) \(count == 1 ? ofOne : ofSeveral)"
}
