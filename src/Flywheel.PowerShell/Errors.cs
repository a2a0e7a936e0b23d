using System.Management.Automation;

namespace Flywheel.PowerShell;

/// <summary>The one place where faults become error records.</summary>
static class Errors
{
    public static ErrorRecord Record(FlywheelException fault) =>
        new(fault, fault.ErrorId, Category(fault.Category), fault.Target)
        {
            ErrorDetails = new ErrorDetails(fault.Message) { RecommendedAction = fault.RecommendedAction ?? "" },
        };

    static ErrorCategory Category(FaultCategory category) => category switch
    {
        FaultCategory.InvalidArgument => ErrorCategory.InvalidArgument,
        FaultCategory.InvalidData => ErrorCategory.InvalidData,
        FaultCategory.NotFound => ErrorCategory.ObjectNotFound,
        FaultCategory.ReadError => ErrorCategory.ReadError,
        FaultCategory.WriteError => ErrorCategory.WriteError,
        FaultCategory.AlreadyExists => ErrorCategory.ResourceExists,
        FaultCategory.ResourceBusy => ErrorCategory.ResourceBusy,
        FaultCategory.NotInstalled => ErrorCategory.NotInstalled,
        FaultCategory.LimitsExceeded => ErrorCategory.LimitsExceeded,
        FaultCategory.InvalidOperation => ErrorCategory.InvalidOperation,
        FaultCategory.SecurityError => ErrorCategory.SecurityError,
        _ => ErrorCategory.NotSpecified,
    };
}
