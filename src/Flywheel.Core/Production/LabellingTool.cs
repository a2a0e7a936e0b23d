namespace Flywheel;

/// <summary>Where people label.</summary>
public enum LabellingTool
{
    /// <summary>A folder with copies of the images: a manifest to fill in for labels, files of Pascal VOC for boxes (LabelImg).</summary>
    Folder = 0,
    /// <summary>The studio in the browser.</summary>
    Studio = 1,
    /// <summary>Label Studio.</summary>
    LabelStudio = 2,
    /// <summary>CVAT.</summary>
    Cvat = 3,
    /// <summary>Any tool that reads and writes COCO's instances JSON.</summary>
    Coco = 4,
}
