/// For Kubernetes: an Indexed Job for the shards, whose pods share a remote cache.
public struct KubernetesJob: CustomStringConvertible {
    private let job: SweepJob
    private let image: String

    /// - Parameter image: the container's, which has the program, the recipe and the models.
    public init(_ job: SweepJob, image: String) { (self.job, self.image) = (job, image) }

    public var description: String {
        let command = job.shardCommand("$((JOB_COMPLETION_INDEX + 1))/\(job.shards)")
        return """
            # kubectl apply -f shards.yaml; when the job is complete, run the whole recipe with the same cache:
            #   \(job.lastCommand)
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: \(Self.name(job.name))
            spec:
              completionMode: Indexed
              completions: \(job.shards)
              parallelism: \(min(job.shards, 64))
              backoffLimitPerIndex: 3
              podFailurePolicy:
                rules:
                  # The recipe or its flags are wrong: for all shards.
                  - action: FailJob
                    onExitCodes: {containerName: shard, operator: In, values: [2, 64]}
                  # A node of the recipe failed: the same again would fail again.
                  - action: FailIndex
                    onExitCodes: {containerName: shard, operator: In, values: [3]}
              template:
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 60
                  containers:
                    - name: shard
                      image: \(Self.quoted(image))
                      command: [/bin/sh, -c]
                      args: [\(Self.quoted("exec " + command))]
                      resources:
                        requests: {cpu: "4", memory: 12Gi}
                        limits: {memory: 12Gi}

            """
    }

    /// A DNS label: lower case, digits and dashes, at most 63.
    static func name(_ text: String) -> String {
        let letters = text.lowercased().unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        return "pulid-" + String(letters.prefix(50)).trimming("-") + "-shards"
    }

    /// In single quotes, as YAML has them.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

extension String {
    fileprivate func trimming(_ end: Character) -> String {
        var text = Substring(self)
        while text.first == end { text.removeFirst() }
        while text.last == end { text.removeLast() }
        return String(text)
    }
}
