import Graph

extension NodeRegistry {
    /// Every node that recipes may use.
    public static let builtin = NodeRegistry([
        Compare.self,
        ContactSheetNode.self,
        Decode.self,
        DrawFaceNode.self,
        DrawMask.self,
        EncodeID.self,
        EncodeImage.self,
        EncodePrompt.self,
        LoadFace.self,
        LoadFaceModels.self,
        LoadID.self,
        LoadImage.self,
        LoadLatent.self,
        LoadPuLID.self,
        LoadSDXL.self,
        LoadWeights.self,
        MakeDataset.self,
        PickWeights.self,
        PlaceID.self,
        Sample.self,
        ShowFace.self,
        TrainVAE.self,
    ])
}
